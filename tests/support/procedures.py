"""Procedures made up for tests: steps that a policy of a town states, taken by its village, town and county."""

import itertools
import json
from typing import Any

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.cases import OFFICES, PAPER, slug
from tests.support.people import household

COUNTY = "220622"
_towns = itertools.count(100)
_OFFICE: dict[str, Any] = {"level": "village", "roles": ["village_cadre", "town_cadre"], "within": 10}
_TOWN: dict[str, Any] = {"level": "town", "roles": ["town_cadre"], "within": 10}
_COUNTY: dict[str, Any] = {"level": "county", "roles": ["county_office", "county_leader"], "within": 10}
# Steps by their names; a test changes what it is about.
STEPS: dict[str, dict[str, Any]] = {
    "application": {"kind": "application", "zh": "农户申请", **_OFFICE},
    "visit": {"kind": "visit", "zh": "入户核实", "people": 2, **_OFFICE},
    "discussion": {"kind": "discussion", "zh": "小组评议", **_OFFICE},
    "inspection": {"kind": "inspection", "zh": "现场验收", "people": 3, **_TOWN},
    "consent": {"kind": "consent", "zh": "农户签字认可", **_OFFICE},
    "notice": {"kind": "notice", "zh": "村内公示", "days": 7, **_OFFICE, "within": 3},
    "second_notice": {"kind": "notice", "zh": "乡镇审核公示", "days": 7, "issuer": "town", **_OFFICE, "within": 3},
    "signatures": {
        "kind": "signatures",
        "zh": "双签",
        **_OFFICE,
        "posts": [{"post": "village_secretary"}, {"post": "first_secretary", "otherwise": "team_leader"}],
    },
    "review": {"kind": "review", "zh": "乡镇审核", "percent": 0, **_TOWN},
    "decision": {"kind": "decision", "zh": "县级审定", "percent": 0, **_COUNTY},
    "announcement": {"kind": "announcement", "zh": "公告", **_OFFICE},
    "payment": {"kind": "payment", "zh": "资金拨付", **_COUNTY},
}
WHO = {"village": "v-cadre", "town": "t-cadre", "county": "c-office"}


def step(name: str, **facts: Any) -> dict[str, Any]:
    """A step as a policy states it."""
    return {"step": name, "en": name.replace("_", " "), **STEPS[name], **facts}


async def town(api: Api, *villages: str) -> str:
    """A town of its own with villages (by the last three digits, by default 201); answers its code."""
    code = f"{COUNTY}{next(_towns)}"
    places = [(code, f"第{code[-3:]}镇")] + [(code + one, f"{one}村") for one in villages or ("201",)]
    items = [{"code": place, "name": name, "valid_from": "2000-01-01"} for place, name in places]
    async with api.client("county_office", division=COUNTY) as client:
        answer = await client.post("/divisions", json={"items": items})
    assert answer.status_code == 200, answer.text
    return code


async def ruled(api: Api, division: str, *steps: dict[str, Any], procedure: str = "inclusion", **facts: Any) -> None:
    """A division's own procedure."""
    value = json.dumps({"backdate": 30, "steps": list(steps), **facts})
    owner = await api.owner()
    try:
        await owner.execute(
            """INSERT INTO policy (id, key, division, valid_from, version, value, zh, en, source)
            VALUES ($1, $2, $3, '2014-01-01', 1, $4::jsonb, '试行程序', 'a procedure on trial', 'test')""",
            uuid7(),
            f"procedure.{procedure}",
            division,
            value,
        )
    finally:
        await owner.close()


def opening(village: str, procedure: str = "inclusion", **facts: Any) -> dict[str, Any]:
    """The request for a case of a household that is not on the register."""
    home = household(2, village=village)
    about = {"household_id": home["id"], "household": home}
    return {"id": str(uuid7()), "procedure": procedure, "ground": "多方反映困难", **about, **facts}


async def sent(
    api: Api,
    path: str,
    *items: dict[str, Any],
    at: str,
    level: str = "village",
    subject: str | None = None,
    **also: Any,
) -> list[dict[str, Any]]:
    """Send a list as the office of a level above a village; answers the answers."""
    role, digits = OFFICES[level]
    async with api.client(role, division=at[:digits], subject=subject or WHO[level]) as client:
        answer = await client.post(path, json={"items": list(items), **also})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def opened(api: Api, village: str, **facts: Any) -> dict[str, Any]:
    """An open case; answers what was sent."""
    body = opening(village, **facts)
    (answer,) = await sent(api, "/cases", body, at=village)
    assert answer["status"] == "accepted", answer
    return body


def content(name: str, day: str, **facts: Any) -> dict[str, Any]:
    """What is recorded at a step, as it should be, but for ``facts``."""
    kind = STEPS[name]["kind"]
    bodies: dict[str, dict[str, Any]] = {
        "application": {"on": day, "consents": True, "paper": PAPER, "statement": "本户申请纳入"},
        "visit": {"on": day, "visitors": ["v-cadre", "v-other"], "supports": True, "finding": "住房简陋"},
        "discussion": {"on": day, "participants": 12, "supports": True, "finding": "同意上报"},
        "inspection": {"on": day, "visitors": ["t-cadre", "t-two", "t-three"], "supports": True, "finding": "属实"},
        "consent": {"on": day, "agrees": True, "signed_by": "王某"},
        "notice": {"place": "村务公开栏"},
        "signatures": {},
        "announcement": {"on": day, "place": "村务公开栏"},
        "payment": {"on": day, "amount": "1500.00", "reference": "第1批"},
    }
    return {"kind": kind, **bodies[kind], **facts}


async def recorded(
    api: Api, case: dict[str, Any], name: str, day: str, *, at: str, subject: str | None = None, **facts: Any
) -> dict[str, Any]:
    """Record a step; answers the answer."""
    item = {"id": case["id"], "step": name, "record": content(name, day, **facts)}
    level = STEPS[name]["level"]
    return (await sent(api, "/cases/steps", item, at=at, level=level, subject=subject))[0]


async def done(api: Api, case: dict[str, Any], *names: str, day: str, at: str) -> None:
    """Record steps one after the other on one day."""
    for name in names:
        answer = await recorded(api, case, name, day, at=at)
        assert answer["status"] == "accepted", (name, answer)


async def batched(api: Api, name: str, *cases: dict[str, Any], at: str) -> str:
    """A batch of cases of which none is drawn for a spot check; answers its id."""
    role, digits = OFFICES[STEPS[name]["level"]]
    body = {"id": str(uuid7()), "step": name, "case_ids": [case["id"] for case in cases]}
    async with api.client(role, division=at[:digits], subject="drawer") as client:
        answer = await client.post("/cases/batches", json=body)
    assert answer.status_code == 201, answer.text
    return body["id"]


async def decided(api: Api, name: str, *cases: dict[str, Any], at: str, approve: bool = True) -> list[str | None]:
    """Decide cases in a batch; answers the slugs of what was refused."""
    await batched(api, name, *cases, at=at)
    items = [{"id": case["id"], "approve": approve, "reason": "情况属实"} for case in cases]
    level = STEPS[name]["level"]
    answers = await sent(api, "/cases/decisions", *items, at=at, level=level, subject=f"{level}-decider")
    return [slug(answer) for answer in answers]


async def detail(api: Api, case: dict[str, Any]) -> dict[str, Any]:
    """A case as the county's auditor reads it."""
    async with api.client("auditor", division=COUNTY) as client:
        answer = await client.get(f"/cases/{case['id']}")
    assert answer.status_code == 200, answer.text
    return answer.json()

"""Cases taken through their procedures, as villages, towns and counties do it."""

from typing import Any

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.people import household
from tests.support.staffing import in_charge

# A county with the national procedure, and the seed county, which has its own.
NATIONAL, TOWN, VILLAGE = "220699", "220699100", "220699100201"
SEED = "220622"
PAPER = "ab" * 32
OFFICES = {"village": ("village_cadre", 12), "town": ("town_cadre", 9), "county": ("county_office", 6)}
LEVELS = {"comparison": "county", "town_review": "town", "county_decision": "county"}


def record(step: str, day: str, **facts: Any) -> dict[str, Any]:
    """What is recorded at a step, as it should be, but for ``facts``."""
    kind = "notice" if step.endswith("notice") else step
    bodies: dict[str, dict[str, Any]] = {
        "application": {"consents": True, "paper": PAPER, "statement": "本户申请纳入"},
        "visit": {"visitors": ["v-cadre", "v-other"], "supports": True, "finding": "住房简陋，收入微薄"},
        "discussion": {"participants": 12, "supports": True, "finding": "同意上报"},
        "comparison": {"sources": ["车辆", "房产", "财政供养"], "findings": []},
        "vote": {
            "representatives": 45,
            "present": 30,
            "in_favour": 28,
            "against": 1,
            "abstained": 1,
            "findings_read": True,
        },
        "notice": {"place": "村务公开栏", "photos": [PAPER]},
        "announcement": {"place": "村务公开栏"},
    }
    body = {"kind": kind, **bodies[kind], **facts}
    return body if kind == "notice" else {"on": day, **body}


async def act(
    api: Api, path: str, *items: dict[str, Any], level: str, at: str = VILLAGE, subject: str | None = None
) -> list[dict[str, Any]]:
    """Send a list as the office of a level above a village; answers the answers."""
    role, digits = OFFICES[level]
    async with api.client(role, division=at[:digits], subject=subject or f"{level[0]}-cadre") as client:
        answer = await client.post(path, json={"items": list(items)})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def opened(api: Api, procedure: str = "identification", *, at: str = VILLAGE, **facts: Any) -> dict[str, Any]:
    """An open case, by default for a household that is not on the register; answers what was sent."""
    body: dict[str, Any] = {"id": str(uuid7()), "procedure": procedure, "ground": "多方反映困难", **facts}
    if "household_id" not in facts:
        home = household(2, village=at)
        body |= {"household_id": home["id"], "household": home}
    (answer,) = await act(api, "/cases", body, level="village", at=at)
    assert answer["status"] == "accepted", answer
    return body


async def step(
    api: Api,
    case: dict[str, Any],
    name: str,
    day: str,
    *,
    at: str = VILLAGE,
    subject: str | None = None,
    **facts: Any,
) -> dict[str, Any]:
    """Record one step; answers the answer."""
    level = LEVELS.get(name, "village")
    item = {"id": case["id"], "step": name, "record": record(name, day, **facts)}
    return (await act(api, "/cases/steps", item, level=level, at=at, subject=subject))[0]


async def done(api: Api, case: dict[str, Any], *names: str, day: str, at: str = VILLAGE) -> None:
    """Record steps one after the other on one day."""
    for name in names:
        answer = await step(api, case, name, day, at=at)
        assert answer["status"] == "accepted", (name, answer)


async def sign(api: Api, case: dict[str, Any], post: str, subject: str, at: str) -> dict[str, Any]:
    item = {"id": case["id"], "step": "signatures", "record": {"kind": "signatures", "post": post}}
    return (await act(api, "/cases/steps", item, level="village", at=at, subject=subject))[0]


async def drawn(
    api: Api, name: str, *cases: dict[str, Any], at: str = VILLAGE, subject: str | None = None
) -> dict[str, Any]:
    """A list of cases that are decided together."""
    role, digits = OFFICES[LEVELS[name]]
    body = {"id": str(uuid7()), "step": name, "case_ids": [case["id"] for case in cases]}
    async with api.client(role, division=at[:digits], subject=subject or f"{role[0]}-cadre") as client:
        answer = await client.post("/cases/batches", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def spot(case_id: str, day: str, **facts: Any) -> dict[str, Any]:
    return {"id": case_id, "on": day, "confirmed": True, "finding": "情况属实", **facts}


def verdict(case_id: str, **facts: Any) -> dict[str, Any]:
    return {"id": case_id, "approve": True, "reason": "符合条件", **facts}


async def decided(
    api: Api, name: str, *cases: dict[str, Any], day: str, at: str = VILLAGE, **facts: Any
) -> list[dict[str, Any]]:
    """Put cases on a list, check the sample on the spot, decide all of it; answers the answers."""
    listed = await drawn(api, name, *cases, at=at)
    if listed["sample"]:
        await checked(api, name, *[spot(id, day) for id in listed["sample"]], at=at)
    return await decide(api, name, *[verdict(case["id"], **facts) for case in cases], at=at)


async def checked(api: Api, name: str, *items: dict[str, Any], at: str = VILLAGE) -> None:
    """Record spot checks."""
    level = LEVELS[name]
    answers = await act(api, "/cases/spot-checks", *items, level=level, at=at, subject=f"{level}-decider")
    assert {answer["status"] for answer in answers} == {"accepted"}, answers


async def decide(api: Api, name: str, *items: dict[str, Any], at: str = VILLAGE) -> list[dict[str, Any]]:
    """Decide cases; answers the answers."""
    level = LEVELS[name]
    return await act(api, "/cases/decisions", *items, level=level, at=at, subject=f"{level}-decider")


async def signatories(api: Api, village: str, *, second: str = "first_secretary") -> None:
    """Who signs in a village: its secretary, and the first secretary or the team leader."""
    await in_charge(api, "village_secretary", "2015-01-01", village=village, subject=f"secretary-{village}")
    await in_charge(api, second, "2015-01-01", village=village, subject=f"{second}-{village}")


async def detail(api: Api, case: dict[str, Any], at: str = VILLAGE) -> dict[str, Any]:
    async with api.client("auditor", division=at[:6]) as client:
        answer = await client.get(f"/cases/{case['id']}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def slug(answer: dict[str, Any]) -> str | None:
    return answer["problem"]["type"].rsplit(":", 1)[1] if answer["problem"] else None

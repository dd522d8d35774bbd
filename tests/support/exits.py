"""Exits taken through their county's steps, as villages, towns and the county do it."""

from typing import Any

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.told import known_household
from tests.support.world import decide, move_clock

EVIDENCE = {
    name: {"met": True, "shown_by": "入户核实"} for name in ("food", "clothing", "education", "medical", "housing")
}
PAPER = "cd" * 32


def opening(household: dict[str, Any], evidence: dict[str, Any] = EVIDENCE, **facts: Any) -> dict[str, Any]:
    """The proposal of a household."""
    return {
        "id": str(uuid7()),
        "procedure": "exit",
        "household_id": household["id"],
        "year": 2016,
        "head_name": "王某",
        "evidence": evidence,
        "ground": "达到脱贫标准",
        **facts,
    }


async def earns(api: Api, household: dict[str, Any], year: int = 2016, **lines: str) -> None:
    items = [
        {"id": str(uuid7()), "household_id": household["id"], "year": year, "kind": kind, "amount": amount}
        for kind, amount in lines.items()
    ]
    answers = await decide(api, "/incomes", *items, role="village_cadre")
    assert {answer["status"] for answer in answers} == {"accepted"}


async def propose(api: Api, item: dict[str, Any], subject: str = "proposer") -> dict[str, Any]:
    return (await decide(api, "/cases", item, role="village_cadre", subject=subject))[0]


async def proposed(api: Api, household: dict[str, Any], **facts: Any) -> str:
    item = opening(household, **facts)
    answer = await propose(api, item)
    assert answer["status"] == "accepted", answer
    return item["id"]


async def record(
    api: Api, case: str, step: str, role: str, subject: str | None = None, **facts: Any
) -> dict[str, Any]:
    """Record a step as somebody of a role; answers the answer."""
    item = {"id": case, "step": step, "record": facts}
    return (await decide(api, "/cases/steps", item, role=role, subject=subject or role))[0]


async def check(api: Api, case: str, day: str, subject: str = "checker", **facts: Any) -> dict[str, Any]:
    """The town's check on the spot."""
    seen = {"kind": "inspection", "on": day, "visitors": [subject], "supports": True, "finding": "情况属实", **facts}
    return await record(api, case, "check", "town_cadre", subject, **seen)


async def sign(api: Api, case: str, day: str, **facts: Any) -> dict[str, Any]:
    """The household's consent."""
    said = {"kind": "consent", "on": day, "agrees": True, "signed_by": "王某", "evidence": [PAPER], **facts}
    return await record(api, case, "consent", "village_cadre", **said)


async def publish(api: Api, case: str, subject: str = "poster") -> dict[str, Any]:
    return await record(api, case, "notice", "village_cadre", subject, kind="notice", place="村务公开栏")


async def on_notice(api: Api, day: str, household: dict[str, Any] | None = None, **facts: Any) -> str:
    """A case whose notice begins on a day."""
    await move_clock(api, day)
    home = household or await known_household(api)
    await earns(api, home, wage="9000.00")
    case = await proposed(api, home, **facts)
    for answer in (await check(api, case, day), await sign(api, case, day), await publish(api, case)):
        assert answer["status"] == "accepted", answer
    return case


async def batch(api: Api, *cases: str, step: str = "county_decision", subject: str = "decider") -> dict[str, Any]:
    """Put cases into a batch; answers the batch or the problem."""
    body = {"id": str(uuid7()), "step": step, "case_ids": list(cases)}
    async with api.client("county_office", subject=subject) as client:
        answer: dict[str, Any] = (await client.post("/cases/batches", json=body)).json()
    return answer


async def approve(api: Api, case: str, subject: str = "decider", **facts: Any) -> dict[str, Any]:
    item = {"id": case, "approve": True, "reason": "符合退出条件", **facts}
    return (await decide(api, "/cases/decisions", item, role="county_office", subject=subject))[0]


async def decided(api: Api, case: str, subject: str = "decider", **facts: Any) -> dict[str, Any]:
    """Put a case into a batch and decide it; answers the answer."""
    await batch(api, case, subject=subject)
    return await approve(api, case, subject, **facts)


async def detail(api: Api, case: str) -> dict[str, Any]:
    async with api.client("auditor") as client:
        found: dict[str, Any] = (await client.get(f"/exits/{case}")).json()
    return found


async def steps_of(api: Api, case: str) -> dict[str, Any]:
    async with api.client("auditor") as client:
        found: dict[str, Any] = (await client.get(f"/cases/{case}")).json()
    return found


def slug(answer: dict[str, Any]) -> str | None:
    return answer["problem"]["type"].rsplit(":", 1)[1] if answer["problem"] else None

"""What several tests need to stand on: villages, households, and a clock that can be moved."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.registry.register.changes.handlers import mark_exited
from shared.events.envelope import Event
from shared.names.ids import uuid7
from shared.security.auth import system
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE, household


async def villages(api: Api, *codes: str) -> None:
    """Record villages."""
    items = [
        {"code": code, "name": f"村{code[-3:]}", "valid_from": "2000-01-01"}
        for code in codes or (VILLAGE, OTHER_VILLAGE)
    ]
    async with api.client("county_office") as client:
        answer = await client.post("/divisions", json={"items": items})
    assert answer.status_code == 200, answer.text


async def register(api: Api, size: int = 1, **facts: Any) -> dict[str, Any]:
    """Register a household: one person of the county office asks, another releases. Answers what was sent."""
    body = household(size, **facts)
    await enter(api, body)
    return body


async def enter(api: Api, *bodies: dict[str, Any]) -> None:
    """Register households as two people of their county do."""
    asked: dict[str, list[str]] = {}
    for body in bodies:
        county = body["division"][:6]
        async with api.client("county_office", division=county) as client:
            answer = await client.post("/households", json=body)
        assert answer.status_code == 202, answer.text
        asked.setdefault(county, []).append(answer.json()["request_id"])
    for county, ids in asked.items():
        answers = await release(api, *ids, division=county)
        assert {answer["status"] for answer in answers} == {"accepted"}, answers


async def release(api: Api, *ids: str, division: str = "220622") -> list[dict[str, Any]]:
    """A second person releases what was asked for; answers the answers."""
    items = [{"id": id, "approve": True, "reason": "核对无误"} for id in ids]
    return await decide(
        api, "/changes/releases", *items, role="county_leader", subject="releasing", division=division
    )


async def by_two(
    api: Api, *items: dict[str, Any], role: str, subject: str | None = None, division: str = "220622"
) -> list[dict[str, Any]]:
    """Record changes; what waits for a second person is released by one. Answers what became of each in the end."""
    answers = await decide(api, "/changes", *items, role=role, subject=subject, division=division)
    waiting = [answer["id"] for answer in answers if answer["status"] == "waiting"]
    released = await release(api, *waiting, division=division[:6]) if waiting else []
    return [{answer["id"]: answer for answer in released}.get(answer["id"], answer) for answer in answers]


async def leave_poverty(api: Api, household_id: str, day: str, decision: str | None = None) -> None:
    """Let a registry learn that evaluation has approved an exit on a day."""
    id = decision or str(uuid7())
    approved = {"id": id, "household_id": household_id, "status": "approved", "decided_on": day}
    event = Event(
        uuid7(),
        "evaluation.exit.approved.v1",
        "/tuopin/evaluation",
        id,
        datetime.now(UTC),
        household_id,
        5,
        approved,
    )
    async with api.worker.transaction(system("registry")) as session:
        await mark_exited(session, [event])


async def move_clock(api: Api, day: str) -> None:
    """Move a demonstration's clock to noon of a day in Shanghai."""
    moment = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    async with api.client("ops") as client:
        answer = await client.put("/clock", json={"now": moment.isoformat()})
    assert answer.status_code == 200, answer.text


async def decide(
    api: Api,
    path: str,
    *items: dict[str, Any],
    role: str,
    subject: str | None = None,
    division: str = "220622",
) -> list[dict[str, Any]]:
    """Send a list of decisions; answers the answers."""
    async with api.client(role, subject=subject, division=division) as client:
        answer = await client.post(path, json={"items": list(items)})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]

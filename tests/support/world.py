"""What several tests need to stand on: villages, households, and a clock that can be moved."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

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
    """Register a household; answers what was sent."""
    body = household(size, **facts)
    async with api.client("county_office") as client:
        answer = await client.post("/households", json=body)
    assert answer.status_code == 201, answer.text
    return body


async def move_clock(api: Api, day: str) -> None:
    """Move a demonstration's clock to noon of a day in Shanghai."""
    moment = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    async with api.client("ops") as client:
        answer = await client.put("/clock", json={"now": moment.isoformat()})
    assert answer.status_code == 200, answer.text


async def decide(
    api: Api, path: str, *items: dict[str, Any], role: str, subject: str | None = None
) -> list[dict[str, Any]]:
    """Send a list of decisions; answers the answers."""
    async with api.client(role, subject=subject) as client:
        answer = await client.post(path, json={"items": list(items)})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]

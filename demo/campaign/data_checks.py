"""Registry: the county checks its register by every rule of the year, and finds what is planted and nothing else."""

import asyncio
from typing import Any

from demo.campaign.registering import BASE
from demo.client import CallFailed, Platform
from demo.generator.county import County

RUN = "01a20000-0000-7000-8000-000000000001"


async def check(platform: Platform, county: County) -> None:
    """One run over the county, to its end. Raises CallFailed where it finds anything but the planted mistakes."""
    body = {"id": RUN, "division": "220622"}
    await platform.post("county_office", f"{BASE}/data-checks", body)
    while (state := await platform.get("county_office", f"{BASE}/data-checks/{RUN}"))["status"] != "done":
        if state["status"] == "failed":
            raise CallFailed(f"data check: {state['problem']}")
        await asyncio.sleep(0.2)
    found = {(one["rule"], one["person_id"] or one["household_id"]) for one in await _findings(platform)}
    planted = {(rule, str(id)) for rule, ids in county.mistakes.items() for id in ids}
    if found != planted:
        beside, missed = sorted(found - planted)[:5], sorted(planted - found)[:5]
        raise CallFailed(f"the data check found beside what is planted {beside}, and not {missed}")


async def _findings(platform: Platform) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await platform.get("auditor", f"{BASE}/data-checks/{RUN}/findings", limit=1000, **cursor)
        found += page["items"]
        if not page["next"]:
            return found
        cursor = {"cursor": page["next"]}

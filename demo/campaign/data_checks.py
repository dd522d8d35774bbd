"""Registry: the county checks its register by the rules about persons, logic and exits."""

import asyncio

from demo.campaign.registering import BASE
from demo.client import CallFailed, Platform
from demo.generator.county import County

_GROUPS = ["identity", "logic", "exit"]


async def check(platform: Platform, _county: County) -> None:
    """One run over the county, to its end."""
    run = "01a20000-0000-7000-8000-000000000001"
    body = {"id": run, "division": "220622", "groups": _GROUPS}
    await platform.post("county_office", f"{BASE}/data-checks", body)
    while (state := await platform.get("county_office", f"{BASE}/data-checks/{run}"))["status"] != "done":
        if state["status"] == "failed":
            raise CallFailed(f"data check: {state['problem']}")
        await asyncio.sleep(0.2)

"""Move the demonstration's clock, once everything that happened before has taken effect everywhere."""

import asyncio
from datetime import date

from demo.client import CallFailed, Platform

SERVICES = ("registry", "funding", "projects", "evaluation")
_PATIENCE = 240.0


async def settle(platform: Platform) -> None:
    """Wait until every service has drained, twice in a row (handling an event may cause another)."""
    quiet, deadline = 0, asyncio.get_running_loop().time() + _PATIENCE
    while quiet < 2:
        states = await asyncio.gather(*(platform.get("ops", f"/api/{name}/v1/clock") for name in SERVICES))
        quiet = quiet + 1 if all(state["drained"] for state in states) else 0
        if asyncio.get_running_loop().time() > deadline:
            raise CallFailed("events do not drain")
        if quiet < 2:
            await asyncio.sleep(0.2)


async def advance(platform: Platform, day: date) -> None:
    """Settle, then make it noon of a day in every service."""
    await settle(platform)
    for name in SERVICES:
        await platform.put("ops", f"/api/{name}/v1/clock", {"now": f"{day}T12:00:00+08:00"})
    await settle(platform)

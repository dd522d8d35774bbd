"""Registry: a plan for every household that has none, approved by the township; milestones as they are reached."""

from datetime import date
from typing import Any

from demo.client import Platform
from demo.generator.county import County

BASE = "/api/registry/v1"


async def plan(platform: Platform, county: County) -> None:
    """The plans of the households that were on the register when 2016 began."""
    await _plan(platform, county, date(2016, 2, 20))


async def plan_newcomers(platform: Platform, county: County) -> None:
    """The plans of those who came in during 2016."""
    await _plan(platform, county, date(2017, 1, 15))


async def plan_in_spring(platform: Platform, county: County) -> None:
    """The plan of the household that came in during the spring of 2017."""
    await _plan(platform, county, date(2017, 3, 20))


async def reach(platform: Platform, county: County) -> None:
    """Milestones that were reached on time."""
    path = f"{BASE}/milestones/completions"
    (await platform.decide("village_cadre", path, county.planning.reached)).all_accepted("milestones")


async def _plan(platform: Platform, county: County, day: date) -> None:
    """Work through the list of those without a plan."""
    plans: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await platform.get("town_cadre", f"{BASE}/plans/missing", limit=1000, **cursor)
        plans += [county.planning.plan(county.homes[home["id"]], day) for home in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    (await platform.decide("village_cadre", f"{BASE}/plans", plans)).all_accepted("plans")
    approvals = [{"id": one["id"]} for one in plans]
    (await platform.decide("town_cadre", f"{BASE}/plans/approvals", approvals)).all_accepted("plan approvals")

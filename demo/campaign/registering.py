"""Registry: divisions, the first register, two years of dynamic adjustment, year closings."""

import asyncio
from datetime import date
from typing import Any

from demo.campaign.clock import advance
from demo.client import CallFailed, Platform
from demo.generator import render
from demo.generator.changes import Change
from demo.generator.county import County

BASE = "/api/registry/v1"
_BY_TWO = {"removal", "restoration", "return", "new_entry"}


async def found(platform: Platform, county: County) -> None:
    """Divisions and the first register, as a file: the county office sends it, its leader releases the first load."""
    items = [
        {"code": place.code, "name": place.name, "valid_from": "2000-01-01", "invented": place.invented}
        for place in county.places
        if len(place.code) >= 6
    ]
    await platform.post("county_office", f"{BASE}/divisions", {"items": items})
    first = f"{BASE}/imports?mode=all_or_nothing&first_load=true"
    one = f"{BASE}/imports/{(await platform.upload('county_office', first, county.register.encode()))['id']}"
    await _reached(platform, one, "waiting")
    await platform.post("county_leader", f"{one}/decision", {"decision": "released", "ground": "县级审定，同意建档"})
    await _reached(platform, one, "done")


async def _reached(platform: Platform, one: str, wanted: str) -> None:
    """Wait until an import stands as wanted. Raises CallFailed where it does not get there."""
    while (state := await platform.get("county_office", one))["state"] != wanted:
        if state["state"] not in ("checking", "loading"):
            errors = await platform.get("county_office", f"{one}/errors", limit=3)
            raise CallFailed(f"import: {state['state']}, {state['problem']}, wrong are {errors['items']}")
        await asyncio.sleep(0.2)


async def adjust(platform: Platform, county: County, until: date, after: date) -> None:
    """The changes of a period, decided at its end: the county office asks, its leader releases who enters or leaves.

    Who comes back was taken off before.
    """
    await advance(platform, until)
    items = [body_of(county, change) for change in county.changes if after < change.day <= until]
    for some in (
        [item for item in items if item["kind"] != "restoration"],
        [item for item in items if item["kind"] == "restoration"],
    ):
        (await platform.decide("county_office", f"{BASE}/changes", some)).all_accepted("changes")
        asked = [{"id": item["id"], "approve": True} for item in some if item["kind"] in _BY_TWO]
        released = [one | {"reason": "材料齐全，同意"} for one in asked]
        (await platform.decide("county_leader", f"{BASE}/changes/releases", released)).all_accepted("releases")


async def close(platform: Platform, year: int) -> None:
    """Close a year after its end; an auditor verifies what was frozen."""
    await platform.post("county_leader", f"{BASE}/year-closings", {"division": "220622", "year": year})
    told = await platform.get("auditor", f"{BASE}/years/{year}/verification", division="220622")
    if not (told["rows_hold"] and told["changes_hold"] and told["chain_holds"]):
        raise CallFailed(f"the closed year {year} does not hold: {told}")


def body_of(county: County, change: Change) -> dict[str, Any]:
    """A change as the registry takes it."""
    body: dict[str, Any] = {
        "id": str(change.id),
        "kind": change.kind,
        "reason": change.reason,
        "household_id": str(change.household.id),
        "effective_on": change.day.isoformat(),
        "ground": "动态调整，村民代表大会评议",
    }
    if change.entry:
        body["household"] = county.bodies[str(change.household.id)]
    if change.member:
        body["member"] = render.member(change.member)
    if change.leaves:
        body["person_id"] = str(change.leaves.id)
    if change.reason == "household_extinct":
        body["departures"] = [{"person_id": str(one.id), "reason": "death"} for one in change.household.members]
    if change.successor:
        body["successor_id"] = str(change.successor.id)
        body["relations"] = [
            {"person_id": str(id), "relation": relation} for id, relation in change.relations.items()
        ]
    return body

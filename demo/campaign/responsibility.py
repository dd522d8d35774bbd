"""Registry: organisations and their people, who has which village and household in charge, the diary, the list."""

from datetime import date
from typing import Any

from demo.client import CallFailed, Platform
from demo.generator.county import County

BASE = "/api/registry/v1"
CHARGES = f"{BASE}/responsibilities"
_HANDED_OVER = 40


async def appoint(platform: Platform, county: County) -> None:
    """Record everybody, put the posts in charge of their villages, and give every household a helper."""
    made = county.staffing
    for path, items in (("organisations", made.organisations), ("staff", made.people)):
        (await platform.decide("county_office", f"{BASE}/{path}", items)).all_accepted(path)
    (await platform.decide("county_office", CHARGES, made.charges)).all_accepted("responsibilities")
    await pair(platform, county, date(2015, 1, 15))


async def pair(platform: Platform, county: County, since: date) -> None:
    """Give a helper to every household on the list of those that have none."""
    made, items = county.staffing, []
    for home in await _all(platform, "county_office", f"{CHARGES}/missing"):
        about = {"role": "helper", "household_id": home["id"], "started_on": since.isoformat()}
        items.append({"id": str(made.ids.id(since)), "staff_id": made.helper(home["division"]), **about})
    (await platform.decide("county_office", CHARGES, items)).all_accepted("helpers")


async def list_duties(platform: Platform, county: County) -> None:
    """The helpers of whoever came in meanwhile, and the responsibility list of the year."""
    await pair(platform, county, date(2016, 1, 20))
    (await platform.decide("county_office", f"{BASE}/duties", county.staffing.duties)).all_accepted("duties")


async def keep_diary(platform: Platform, county: County) -> None:
    """A month of diary; those below policy have to be the planted ones. Leave, decided by town and county."""
    made = county.staffing
    (await platform.decide("village_cadre", f"{BASE}/visits", made.diary)).all_accepted("diary")
    below = await _all(platform, "county_office", f"{BASE}/attendance", year=2016, month=4, below="true")
    if {row["staff_id"] for row in below} != made.absent:
        raise CallFailed("those below the days on duty are not exactly the planted ones")
    (await platform.decide("village_cadre", f"{BASE}/absences", made.absences)).all_accepted("absences")
    for role, level in (("town_cadre", "town"), ("county_office", "county")):
        asked = await _all(platform, role, f"{BASE}/absences", status="asked")
        decisions = [{"id": row["id"], "approved": True} for row in asked if row["level"] == level]
        (await platform.decide(role, f"{BASE}/absences/decisions", decisions)).all_accepted("decisions of absences")


async def hand_over(platform: Platform, county: County) -> None:
    """Some helpers retire, and colleagues take their households over on the same day."""
    made, day = county.staffing, date(2016, 7, 1)
    page = await platform.get("county_office", CHARGES, role="helper", on=day.isoformat(), limit=1000)
    retired = {row["staff_id"]: row for row in reversed(page["items"])}
    items = [
        {
            "id": str(made.ids.id(day)),
            "ends": row["id"],
            "staff_id": _colleague(county, row),
            "on": day.isoformat(),
            "note": "退休交接",
        }
        for row in list(retired.values())[:_HANDED_OVER]
    ]
    (await platform.decide("county_office", f"{CHARGES}/handovers", items)).all_accepted("handovers")


async def account(platform: Platform, county: County) -> None:
    """Helpers of the newcomers, and what was done of the responsibility list."""
    await pair(platform, county, date(2017, 6, 30))
    done = county.staffing.completions
    (await platform.decide("county_office", f"{BASE}/duties/completions", done)).all_accepted("completions")


def _colleague(county: County, row: dict[str, Any]) -> str:
    while (chosen := county.staffing.helper(row["division"])) == row["staff_id"]:
        continue
    return chosen


async def _all(platform: Platform, role: str, path: str, /, **params: Any) -> list[dict[str, Any]]:
    page = await platform.get(role, path, limit=1000, **params)
    found: list[dict[str, Any]] = page["items"]
    while page["next"]:
        page = await platform.get(role, path, limit=1000, cursor=page["next"], **params)
        found += page["items"]
    return found

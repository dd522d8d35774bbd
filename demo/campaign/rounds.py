"""Registry: the county looks back twice. Who checks may err; who signs sends it back; everything true is found."""

from typing import Any
from uuid import uuid5

from demo.campaign import evidence
from demo.client import CallFailed, Platform
from demo.generator import render
from demo.generator.county import County
from demo.generator.rounds import Round

BASE = "/api/registry/v1/rounds"
# What is shown by the minutes of the village's assembly.
_SHOWN = ("cleared", "included")


async def open_first(platform: Platform, county: County) -> None:
    """Open the first round: everybody on the register is in scope."""
    await _open(platform, county.rounds[0])


async def open_second(platform: Platform, county: County) -> None:
    """Open the second round over those who are still on the register."""
    await _open(platform, county.rounds[1])


async def look_back(platform: Platform, county: County) -> None:
    """Do the first round."""
    await _round(platform, county, county.rounds[0])


async def look_again(platform: Platform, county: County) -> None:
    """Do the second round."""
    await _round(platform, county, county.rounds[1])


async def _open(platform: Platform, one: Round) -> None:
    body = {
        "id": str(one.id),
        "division": "220622",
        "name": one.name,
        "ground": "县扶贫开发领导小组部署",
        "statuses": ["registered"],
        "starts_on": one.starts.isoformat(),
        "ends_on": one.ends.isoformat(),
    }
    await platform.post("county_office", BASE, body)


async def _round(platform: Platform, county: County, one: Round) -> None:
    homes = {
        row["household_id"]: row["division"]
        for row in await _all(platform, f"{BASE}/{one.id}/households", state="open")
    }
    scope = set(homes)
    if not (one.planted("cleared") | one.planted("corrected") | one.accused) <= scope:
        raise CallFailed("a household with something to find is not in the scope of the round")
    visited = sorted(scope | one.planted("included"))
    written = {household: _first_look(one, household) for household in visited}
    sent_back = {household for household in visited if written[household] != one.result(household)}
    homes |= {household: county.bodies[household]["division"] for household in one.planted("included")}
    shown = {household for household, result in written.items() if result in _SHOWN} | sent_back
    minutes = await evidence.kept(
        platform, "county_office", ((homes[household], one.name) for household in sorted(shown))
    )
    papers = {household: minutes[homes[household], one.name] for household in shown}
    await _write(platform, county, one, (written, papers), sent_back)
    again = {household: one.result(household) for household in sorted(sent_back)}
    await _write(platform, county, one, (again, papers), set())
    await platform.post("county_leader", f"{BASE}/{one.id}/closing", {})
    await _prove(platform, one, len(visited))


def _first_look(one: Round, household: str) -> str:
    if household in one.overlooked:
        return "kept"
    return "cleared" if household in one.accused else one.result(household)


async def _write(
    platform: Platform, county: County, one: Round, looked: tuple[dict[str, str], dict[str, str]], sent_back: set[str]
) -> None:
    """Record, sign in the village, sign in the town; the town sends some back."""
    written, papers = looked
    items = [_finding(county, one, household, result) for household, result in written.items()]
    for item in items:
        if item["result"] in _SHOWN:
            item["evidence"] = [papers[item["household_id"]]]
    (await platform.decide("county_office", f"{BASE}/{one.id}/results", items)).all_accepted("results")
    for role, refusing in (("village_cadre", set[str]()), ("town_cadre", sent_back)):
        signatures = [
            {"id": item["id"], "agreed": False, "remark": "与入户复核情况不符，请重新核查"}
            if item["household_id"] in refusing
            else {"id": item["id"]}
            for item in items
        ]
        (await platform.decide(role, f"{BASE}/{one.id}/signatures", signatures)).all_accepted("signatures")


def _finding(county: County, one: Round, household: str, result: str) -> dict[str, Any]:
    change = one.truth.get(household)
    day = (change.day if change else one.ends).isoformat()
    item: dict[str, Any] = {
        "id": str(uuid5(one.id, f"{household} {result}")),
        "household_id": household,
        "result": result,
        "checked_on": day,
        "ground": "入户核查，村民代表大会评议",
    }
    if result == "included":
        item["household"] = county.bodies[household]
    if result == "corrected" and change and change.member:
        item["member"] = render.member(change.member)
    return item


async def _prove(platform: Platform, one: Round, visited: int) -> None:
    """Every planted case was found, nothing else was, and the register changed accordingly."""
    for result in ("cleared", "included", "corrected"):
        rows = await _all(platform, f"{BASE}/{one.id}/results", result=result, state="confirmed")
        if {row["household_id"] for row in rows} != one.planted(result):
            raise CallFailed(f"what {one.name} found as {result} is not what there was to find")
    report = await platform.get("auditor", f"{BASE}/{one.id}/report")
    if not report["agrees"] or report["confirmed"] != visited or report["open"]:
        raise CallFailed(f"the report of {one.name} does not agree with its changes")


async def _all(platform: Platform, path: str, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await platform.get("auditor", path, limit=1000, **params, **cursor)
        found += page["items"]
        if not page["next"]:
            return found
        cursor = {"cursor": page["next"]}

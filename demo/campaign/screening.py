"""Registry: the feeds of May 2016, the doubts that they raise, and what people find on the spot."""

import asyncio
import csv
import io
from typing import Any

from demo.campaign import evidence
from demo.campaign.clock import advance
from demo.client import CallFailed, Platform
from demo.generator.county import County
from demo.generator.feeds import CHECKED, CLOSED, REVIEWED

BASE = "/api/registry/v1"
_FOUND = {"cleared_out": "核查属实，不符合条件", "taken_in": "生活困难，符合纳入条件"}


async def compare(platform: Platform, county: County) -> None:
    """Files of the departments, sent twice as they often are; then the rules, run twice: nothing is doubled."""
    for feed, lines in county.screening.lines.items():
        for order in (lines, lines[::-1]):
            await _read(platform, feed, _sheet(order))
    first = await _screen(platform)
    again = await _screen(platform, sorted(first))
    raised = [
        sum(result["raised"] for rule, result in results.items() if not _of_number(rule))
        for results in (first, again)
    ]
    planted = sum(len(one.rules) for one in county.screening.planted.values())
    if raised != [planted, 0]:
        raise CallFailed(f"the rules raised {raised} doubts and {planted} are planted")
    doubts = [{"id": row["id"]} for row in await _raised(platform)]
    (await platform.decide("county_office", f"{BASE}/doubts/town-assignments", doubts)).all_accepted("assignments")
    (await platform.decide("town_cadre", f"{BASE}/doubts/village-assignments", doubts)).all_accepted("assignments")


async def judge(platform: Platform, county: County) -> None:
    """Checked on the spot and judged as it is; reviewed, then closed, by different people."""
    verdicts = await _verdicts(platform, county)
    ids = [{"id": id} for id in verdicts]
    await advance(platform, CHECKED)
    places = {row["id"]: row["division"] for row in await _raised(platform, "at_village")}
    named = [(places[id], f"{what} {id}") for id in verdicts for what in ("照片", "材料")]
    papers = await evidence.kept(platform, "village_cadre", named)
    checks = [
        one
        | {
            "checked_on": CHECKED.isoformat(),
            "people": ["村干部", "驻村队员"],
            "found": "入户查看",
            "photos": [papers[places[one["id"]], f"照片 {one['id']}"]],
        }
        for one in ids
    ]
    (await platform.decide("village_cadre", f"{BASE}/doubts/checks", checks)).all_accepted("checks")
    judged = [
        {
            "id": id,
            "verdict": verdict,
            "ground": _FOUND.get(verdict, "入户核查，情况不属实"),
            "evidence": [papers[places[id], f"材料 {id}"]],
        }
        for id, verdict in verdicts.items()
    ]
    (await platform.decide("village_cadre", f"{BASE}/doubts/verdicts", judged)).all_accepted("verdicts")
    agreed = [one | {"agreed": True, "note": "材料齐全，同意"} for one in ids]
    await advance(platform, REVIEWED)
    (await platform.decide("town_cadre", f"{BASE}/doubts/reviews", agreed)).all_accepted("reviews")
    await advance(platform, CLOSED)
    (await platform.decide("county_office", f"{BASE}/doubts/closings", agreed)).all_accepted("closings")


async def _verdicts(platform: Platform, county: County) -> dict[str, str]:
    """The right verdict of each doubt. Raises CallFailed where one was not planted, or a planted one not found."""
    verdicts: dict[str, str] = {}
    found: set[tuple[str, str]] = set()
    for row in await _raised(platform, "at_village"):
        detail = await platform.get("auditor", f"{BASE}/doubts/{row['id']}")
        number = detail["evidence"]["record"]["record_no"]
        planted = county.screening.planted.get(number)
        if planted is None or row["rule"] not in planted.rules:
            raise CallFailed(f"a doubt of {row['rule']} that nobody planted")
        found.add((number, row["rule"]))
        verdicts[row["id"]] = planted.verdict
    wanted = {(one.record_no, rule) for one in county.screening.planted.values() for rule in one.rules}
    if missed := wanted - found:
        raise CallFailed(f"{len(missed)} planted cases were not found")
    return verdicts


async def _raised(platform: Platform, status: str = "raised") -> list[dict[str, Any]]:
    """The doubts that came of records."""
    page = await platform.get("county_office", f"{BASE}/doubts", status=status, limit=1000)
    return [row for row in page["items"] if not _of_number(row["rule"]) and row["raised_on"] >= "2016-05-16"]


def _of_number(rule: str) -> bool:
    """Whether a rule looks at the number of somebody alone, and at no record."""
    return rule.startswith("identity.")


async def _read(platform: Platform, feed: str, content: str) -> None:
    started = await platform.upload("county_office", f"{BASE}/feed-files?feed={feed}", content.encode())
    state = await _done(platform, f"{BASE}/feed-files/{started['id']}")
    if state["rejected"] or state["contradicting"]:
        raise CallFailed(f"{feed}: {state['rejected']} records rejected")


async def _screen(platform: Platform, rules: list[str] | None = None) -> dict[str, dict[str, int]]:
    """Run rules (every one by default); answers by rule how much was found and how many doubts are new."""
    body = {"division": "220622"} | ({"rules": rules} if rules else {})
    started = await platform.post("county_office", f"{BASE}/screenings", body)
    results: dict[str, dict[str, int]] = (await _done(platform, f"{BASE}/screenings/{started['id']}"))["results"]
    return results


async def _done(platform: Platform, path: str) -> dict[str, Any]:
    while (state := await platform.get("county_office", path))["status"] != "done":
        if state["status"] == "failed":
            raise CallFailed(f"{path}: {state['problem']}")
        await asyncio.sleep(0.1)
    answer: dict[str, Any] = state
    return answer


def _sheet(lines: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(header for line in lines for header in line)), restval="")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()

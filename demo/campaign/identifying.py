"""Registry: households taken in and cleared out through visit, notice, two signatures and the county's decision."""

from datetime import date
from typing import Any

from demo.campaign.clock import advance
from demo.client import CallFailed, Platform
from demo.generator.cases import OPENED, Case
from demo.generator.county import County

BASE = "/api/registry/v1"
STEPS, OBJECTIONS = f"{BASE}/cases/steps", f"{BASE}/notices/objections"
_PLACE = "村务公开栏"


async def begin(platform: Platform, county: County) -> None:
    """Open the cases, visit the houses, post the notices; the planted one ends with the visit."""
    opened = [opening(case) for case in county.cases]
    (await platform.decide("village_cadre", f"{BASE}/cases", opened)).all_accepted("cases")
    visits = [step(case, "visit", visit(case, OPENED)) for case in county.cases]
    (await platform.decide("village_cadre", STEPS, visits)).all_accepted("visits")
    for case in county.cases:
        state = await platform.get("county_office", f"{BASE}/cases/{case.id}")
        if (state["status"] == "refused") != case.planted:
            raise CallFailed("the visits did not refuse exactly the planted case")
    posting = {"kind": "notice", "place": _PLACE}
    notices = [step(case, "notice", posting) for case in _good(county)]
    (await platform.decide("village_cadre", STEPS, notices)).all_accepted("notices")


async def decide(platform: Platform, county: County) -> None:
    """An objection is dismissed and starts its notice anew; two sign when it has run out; the county decides."""
    good = _good(county)
    await advance(platform, date(2016, 8, 5))
    objecting = await platform.get("county_office", f"{BASE}/cases/{good[0].id}")
    objection = {
        "id": str(county.staffing.ids.id(date(2016, 8, 5))),
        "notice_id": objecting["notice_id"],
        "case_id": str(good[0].id),
        "content": "听说其子在县城有房",
    }
    (await platform.decide("village_cadre", OBJECTIONS, [objection])).all_accepted("objection")
    answer = {"id": objection["id"], "upheld": False, "answer": "经核实为租住，不是其房产"}
    (await platform.decide("county_office", f"{BASE}/notices/objection-answers", [answer])).all_accepted("answer")
    await advance(platform, date(2016, 8, 9))
    early = {"id": str(county.staffing.ids.id(date(2016, 8, 9))), "step": "county_decision"}
    await _too_early(platform, early | {"case_ids": [str(good[0].id)]})
    await advance(platform, date(2016, 8, 12))
    for case in good:
        if refused := await sign(platform, county, case):
            raise CallFailed(f"signatures: {refused}")
    listing = {"id": str(county.staffing.ids.id(date(2016, 8, 12))), "step": "county_decision"}
    await approve(platform, listing, [str(case.id) for case in good], "2016-08-12")


async def sign(platform: Platform, county: County, case: Case, village: str | None = None) -> list[str]:
    """The secretary and the first secretary (or team leader) of the case's village sign; answers what was refused."""
    refused: list[str] = []
    for post, subject in county.signatories[village or case.household.village]:
        signature = step(case, "signatures", {"kind": "signatures", "post": post})
        outcome = await platform.decide(subject, STEPS, [signature])
        refused += [problem["title"] for problem in outcome.refused.values()]
    return refused


async def approve(platform: Platform, listing: dict[str, Any], ids: list[str], on: str) -> None:
    """List cases for the county's decision, look at those that are drawn, and decide."""
    drawn = await platform.post("county_office", f"{BASE}/cases/batches", listing | {"case_ids": ids})
    checks = [{"id": id, "on": on, "confirmed": True, "finding": "入户抽查，情况属实"} for id in drawn["sample"]]
    if checks:
        (await platform.decide("county_office", f"{BASE}/cases/spot-checks", checks)).all_accepted("spot checks")
    decisions = [{"id": id, "approve": True, "reason": "程序完备，符合条件"} for id in ids]
    (await platform.decide("county_office", f"{BASE}/cases/decisions", decisions)).all_accepted("decisions")


async def _too_early(platform: Platform, listing: dict[str, Any]) -> None:
    try:
        await platform.post("county_office", f"{BASE}/cases/batches", listing)
    except CallFailed as refusal:
        if "notice-runs" not in str(refusal) and "case-wrong-step" not in str(refusal):
            raise
    else:
        raise CallFailed("a case was put on a list to be decided while its notice ran")


def _good(county: County) -> list[Case]:
    return [case for case in county.cases if not case.planted]


def opening(case: Case) -> dict[str, Any]:
    """How a case is opened."""
    about = {"id": str(case.id), "procedure": case.procedure, "household_id": str(case.household.id)}
    return about | {"ground": "走访摸排发现"} | ({"household": case.body} if case.body else {})


def visit(case: Case, on: date) -> dict[str, Any]:
    """What the visitors of a case found."""
    poor = "住房和收入符合识别条件" if case.procedure != "removal" else "家境明显好于识别标准"
    found = "有商铺和轿车，不符合条件" if case.planted else poor
    about = {"on": on.isoformat(), "visitors": ["village-cadre", "town-cadre"]}
    return {"kind": "visit", **about, "supports": not case.planted, "finding": found}


def step(case: Case, step: str, record: dict[str, Any]) -> dict[str, Any]:
    """A step of a case with its record."""
    return {"id": str(case.id), "step": step, "record": record}

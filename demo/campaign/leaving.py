"""Evaluation: the income of 2016, and the exits, with some that have to be refused."""

from datetime import date
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from demo.campaign import tables
from demo.campaign.clock import advance
from demo.client import CallFailed, Platform
from demo.generator.county import County
from demo.generator.exits import CRITERIA, Exit
from demo.generator.money import yuan

BASE = "/api/evaluation/v1"
_AFTER = {"一般贫困户": "一般农户", "低保贫困户": "低保户", "五保贫困户": "五保户"}
STEPS, BATCH, FOUND = f"{BASE}/cases/steps", 1000, "住房、收入与所报一致"


async def count_income(platform: Platform, county: County) -> None:
    """A year's income, line by line."""
    items = [
        {
            "id": str(line.id),
            "household_id": str(case.household.id),
            "year": 2016,
            "kind": line.kind,
            "amount": yuan(line.amount),
        }
        for case in county.exits
        for line in case.incomes
    ]
    (await platform.decide("village_cadre", f"{BASE}/incomes", items)).all_accepted("incomes")


async def propose(platform: Platform, county: County) -> None:
    """Propose, check on the spot, sign, publish; the check has to refuse exactly the planted ones."""
    proposals = [_proposal(case) for case in county.exits]
    (await platform.decide("village_cadre", f"{BASE}/cases", proposals)).all_accepted("proposals")
    seen = {"kind": "inspection", "on": "2016-11-02", "visitors": ["town-cadre"], "supports": True, "finding": FOUND}
    checks = [_step(case, "check", seen) for case in county.exits]
    (await platform.decide("town_cadre", STEPS, checks)).all_accepted("checks")
    await _refused_as_planted(platform, county)
    good = [case for case in county.exits if case.refused_for is None]
    signed = [_step(case, "consent", _consent(case)) for case in good]
    (await platform.decide("village_cadre", STEPS, signed)).all_accepted("signatures")
    posted = [_step(case, "notice", {"kind": "notice", "place": "村务公开栏"}) for case in good]
    (await platform.decide("town_cadre", STEPS, posted)).all_accepted("notices")


async def collect(platform: Platform, county: County) -> None:
    """The year's household table of those on notice: their income as it was counted, and houses that are safe now."""
    homes = {str(case.household.id): case.household for case in county.exits}
    unsafe = county.mistakes["C3-68"]
    lines = [["户编号", "户主姓名", "人均纯收入", "是否危房户", "危房级别", "饮水是否困难", "饮水是否安全"]]
    cursor: dict[str, str] = {}
    while True:
        page = await platform.get(
            "county_office", f"{BASE}/exits", status="open", step="notice", limit=1000, **cursor
        )
        for case in page["items"]:
            home = homes[case["household_id"]]
            house = ["是", home.unsafe_grade] if home.id in unsafe else ["否", "B级"]
            lines.append([home.number, home.members[0].name, case["per_capita"], *house, "否", "是"])
        if not page["next"]:
            break
        cursor = {"cursor": page["next"]}
    await tables.send(platform, lines, "2016-10-25")


async def rename(platform: Platform, county: County) -> None:
    """What those who left poverty are called from then on; a few are forgotten."""
    forgotten = county.mistakes["C3-57-exited"]
    gone = [case.household for case in county.exits if case.refused_for is None]
    renamed = [
        [home.number, home.members[0].name, _AFTER[home.attribute]] for home in gone if home.id not in forgotten
    ]
    await tables.send(platform, [["户编号", "户主姓名", "贫困户属性"], *renamed], "2016-12-31")


async def decide(platform: Platform, county: County) -> None:
    """Try too early (refused), then decide on the day after the notice."""
    good = [case for case in county.exits if case.refused_for is None]
    decisions = [{"id": str(case.id), "approve": True, "reason": "符合退出条件，同意退出"} for case in good]
    await advance(platform, date(2016, 11, 8))
    early = await platform.decide("county_office", f"{BASE}/cases/decisions", decisions[:20])
    if len(early.refused) != len(decisions[:20]):
        raise CallFailed("an exit was approved while its notice ran")
    await advance(platform, date(2016, 11, 9))
    for begin in range(0, len(good), BATCH):
        ids = [str(case.id) for case in good[begin : begin + BATCH]]
        listing = {"id": str(uuid5(NAMESPACE_OID, ids[0])), "step": "county_decision", "case_ids": ids}
        await platform.post("county_office", f"{BASE}/cases/batches", listing)
    (await platform.decide("county_office", f"{BASE}/cases/decisions", decisions)).all_accepted("approvals")


async def _refused_as_planted(platform: Platform, county: County) -> None:
    planted = {str(case.id): case.refused_for for case in county.exits if case.refused_for}
    page = await platform.get("county_office", f"{BASE}/exits", status="refused", limit=1000)
    found: dict[str, Any] = {}
    for case in page["items"]:
        detail = await platform.get("county_office", f"{BASE}/exits/{case['id']}")
        found[case["id"]] = detail["reasons"][0]["code"]
    if found != planted:
        raise CallFailed("the check did not refuse exactly the planted proposals")


def _step(case: Exit, step: str, record: dict[str, Any]) -> dict[str, Any]:
    return {"id": str(case.id), "step": step, "record": record}


def _consent(case: Exit) -> dict[str, Any]:
    head = case.household.members[0].name
    return {"kind": "consent", "on": "2016-11-02", "agrees": True, "signed_by": head}


def _proposal(case: Exit) -> dict[str, Any]:
    evidence = {name: {"met": name != case.unmet, "shown_by": shown} for name, shown in CRITERIA.items()}
    return {
        "id": str(case.id),
        "procedure": "exit",
        "household_id": str(case.household.id),
        "year": 2016,
        "head_name": case.household.members[0].name,
        "evidence": evidence,
        "ground": "收入和保障均已达标",
        "captured_at": "2016-10-25T10:00:00+08:00",
    }

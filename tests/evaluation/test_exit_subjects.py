"""Households that change while their exit runs, and villages that are merged under it."""

import json
from datetime import date
from typing import Any

import pytest

from services.evaluation.exits.rules import no_longer_registered
from shared.households.records import Household, Status
from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.exits import (
    EVIDENCE,
    batch,
    check,
    decided,
    detail,
    earns,
    on_notice,
    opening,
    propose,
    proposed,
    publish,
    sign,
    slug,
    steps_of,
)
from tests.support.people import VILLAGE
from tests.support.told import known_household, tell
from tests.support.told import record as event
from tests.support.world import decide, move_clock

WATER = {"criterion": "water", "zh": "饮水安全", "en": "safe water"}


async def policy_value(api: Api, key: str, division: str) -> Any:
    owner = await api.owner()
    try:
        value = await owner.fetchval("SELECT value FROM policy WHERE key = $1 AND division = $2", key, division)
    finally:
        await owner.close()
    return json.loads(value)


async def ruled(api: Api, key: str, value: Any, division: str = "220688") -> None:
    """A county's own version of a policy."""
    owner = await api.owner()
    try:
        await owner.execute(
            """INSERT INTO policy (id, key, division, valid_from, version, value, zh, en, source)
            VALUES (gen_random_uuid(), $1, $2, '2016-01-01', 1, $3, '试点', 'pilot', 'test')""",
            key,
            division,
            json.dumps(value, ensure_ascii=False),
        )
    finally:
        await owner.close()


@pytest.fixture(scope="module", autouse=True)
async def day(evaluation: Api) -> None:
    await move_clock(evaluation, "2016-10-01")


async def became(api: Api, household: dict[str, Any], verb: str, sequence: int = 2, **facts: Any) -> dict[str, Any]:
    """The registry publishes what a household has become."""
    state = household | facts
    await tell(api, event(f"registry.household.{verb}.v1", household["id"], sequence, state))
    return state


async def ended(api: Api, code: str, *successors: str, day: str) -> None:
    """The registry publishes that a division has become others."""
    state = {"code": code, "name": "旧村", "valid_from": "2000-01-01", "valid_to": day, "successors": successors}
    await tell(api, event("registry.division.merged.v1", code, 4, state))


async def put_right(api: Api, case: str, **facts: Any) -> dict[str, Any]:
    return (await decide(api, "/exits/completions", {"id": case, **facts}, role="village_cadre"))[0]


async def test_the_exit_of_a_household_that_leaves_the_register_lapses_with_its_notice_and_tasks(evaluation: Api):
    household = await known_household(evaluation)
    case = await on_notice(evaluation, "2016-10-01", household)
    notice = (await steps_of(evaluation, case))["notice_id"]
    await became(evaluation, household, "removed", status="removed", size=0, members=[])
    ended = await detail(evaluation, case)
    reason = {
        "code": "subject_ended",
        "zh": "该户已剔除，本事项终止办理",
        "en": "the household is removed from the register; the case ends",
    }
    assert (ended["status"], ended["step"], ended["reasons"]) == ("lapsed", None, [reason])
    await move_clock(evaluation, "2016-10-08")
    async with evaluation.client("county_office", subject="decider") as client:
        assert (await client.get("/tasks", params={"kind": "case"})).json()["items"] == []
        lapsed = (await client.get("/exits", params={"status": "lapsed"})).json()["items"]
        listed = (await client.get("/notices")).json()["items"]
    assert [one["id"] for one in lapsed] == [case]
    assert [one["status"] for one in listed if one["id"] == notice] == ["ended"]
    # Restored, it is proposed again.
    await became(evaluation, household, "restored", sequence=3)
    assert (await propose(evaluation, opening(household)))["status"] == "accepted"


async def test_an_open_case_follows_its_household_to_another_village_and_is_finished_there(evaluation: Api):
    household = await known_household(evaluation)
    case = await on_notice(evaluation, "2016-10-08", household)
    await became(evaluation, household, "moved", division="220622101201")
    await move_clock(evaluation, "2016-10-15")
    assert (await detail(evaluation, case))["division"] == "220622101201"
    assert (await decided(evaluation, case))["status"] == "accepted"
    assert (await detail(evaluation, case))["status"] == "approved"


async def test_a_household_that_splits_is_judged_again_by_those_who_stay(evaluation: Api):
    household = await known_household(evaluation)
    case = await on_notice(evaluation, "2016-10-15", household)
    assert (await detail(evaluation, case))["per_capita"] == "4500.00"
    part = await known_household(evaluation)
    await became(evaluation, household, "split", size=1, members=household["members"][:1])
    await move_clock(evaluation, "2016-10-22")
    assert (await decided(evaluation, case))["status"] == "accepted"
    decision = await detail(evaluation, case)
    assert (decision["status"], decision["size"], decision["per_capita"]) == ("approved", 1, "9000.00")
    # What came out of it is a household of its own, with a case of its own.
    assert (await propose(evaluation, opening(part)))["status"] == "accepted"


async def test_a_household_that_grew_may_fall_below_the_line_before_the_decision(evaluation: Api):
    household = await known_household(evaluation)
    case = await on_notice(evaluation, "2016-10-22", household)
    child = {"id": str(uuid7()), "relation": "之子", "born": "2016-10-20", "labour": None}
    await became(evaluation, household, "member_added", size=3, members=[*household["members"], child])
    await move_clock(evaluation, "2016-10-29")
    assert (await decided(evaluation, case))["status"] == "accepted"
    decision = await detail(evaluation, case)
    assert (decision["status"], decision["reasons"][0]["zh"]) == ("refused", "人均纯收入3000.00元，低于4200.00元")


async def test_where_the_head_has_died_the_name_is_put_right_before_the_case_goes_on(evaluation: Api):
    household = await known_household(evaluation)
    case = await on_notice(evaluation, "2016-10-29", household)
    widow = household["members"][1] | {"relation": "户主"}
    await became(evaluation, household, "member_removed", size=1, members=[widow])
    await move_clock(evaluation, "2016-11-05")
    refused = await decided(evaluation, case)
    assert refused["problem"]["title"] == "该户户主已变更，请先更正户主姓名再办理"
    for expected in ("accepted", "unchanged"):
        assert (await put_right(evaluation, case, head_name="李某"))["status"] == expected
    # The evidence was verified; only the name may still be put right.
    late = {"medical": {"met": True, "shown_by": "改口"}}
    assert slug(await put_right(evaluation, case, evidence=late)) == "exit-verified"
    assert (await decided(evaluation, case))["status"] == "accepted"
    found = await steps_of(evaluation, case)
    assert (found["status"], found["name"], found["size"]) == ("approved", "李某", 1)


async def test_a_criterion_that_comes_into_force_meanwhile_is_named_and_added_before_the_check(
    evaluation: Api,
):
    await move_clock(evaluation, "2016-11-05")
    household = await known_household(evaluation, division="220688100201")
    county = {"division": "220688"}
    async with evaluation.client("village_cadre", **county) as client:
        line = {
            "id": str(uuid7()),
            "household_id": household["id"],
            "year": 2016,
            "kind": "wage",
            "amount": "20000.00",
        }
        await client.post("/incomes", json={"items": [line]})
    steps = (await policy_value(evaluation, "procedure.exit", "220622"))["steps"]
    await ruled(evaluation, "procedure.exit", {"backdate": 30, "steps": steps})
    item = opening(household)
    assert (await decide(evaluation, "/cases", item, role="village_cadre", **county))[0]["status"] == "accepted"
    criteria = [*await policy_value(evaluation, "exit.criteria", ""), WATER]
    await ruled(evaluation, "exit.criteria", criteria)
    seen = {"kind": "inspection", "on": "2016-11-05", "visitors": ["c"], "supports": True, "finding": "情况属实"}
    checked = {"id": item["id"], "step": "check", "record": seen}
    answer = (await decide(evaluation, "/cases/steps", checked, role="town_cadre", subject="c", **county))[0]
    assert (slug(answer), answer["problem"]["title"]) == ("evidence-missing", "缺少佐证：饮水安全")
    added = {"id": item["id"], "evidence": {"water": {"met": False, "shown_by": "水质化验不合格"}}}
    assert (await decide(evaluation, "/exits/completions", added, role="village_cadre", **county))[0][
        "status"
    ] == "accepted"
    answer = (await decide(evaluation, "/cases/steps", checked, role="town_cadre", subject="c", **county))[0]
    assert answer["status"] == "accepted"
    async with evaluation.client("auditor", **county) as client:
        found = (await client.get(f"/exits/{item['id']}")).json()
    assert (found["status"], [reason["zh"] for reason in found["reasons"]]) == ("refused", ["饮水安全未达标"])
    assert found["criteria"][-1] == WATER | {"met": False, "value": "水质化验不合格", "needed": None}


async def test_a_refused_household_is_proposed_again_in_the_same_year_and_an_approved_one_is_not(evaluation: Api):
    household, day = await known_household(evaluation), "2016-11-05"
    await earns(evaluation, household, wage="9000.00")
    poor = await proposed(evaluation, household, evidence=EVIDENCE | {"housing": {"met": False, "shown_by": "危房"}})
    assert (await check(evaluation, poor, day))["status"] == "accepted"
    assert (await detail(evaluation, poor))["status"] == "refused"
    case = await proposed(evaluation, household)
    for answer in (
        await check(evaluation, case, day),
        await sign(evaluation, case, day),
        await publish(evaluation, case),
    ):
        assert answer["status"] == "accepted", answer
    await move_clock(evaluation, "2016-11-12")
    assert (await decided(evaluation, case))["status"] == "accepted"
    again = await propose(evaluation, opening(household))
    assert again["problem"]["title"] == "该户本年度已批准退出"
    exited = await became(evaluation, household, "exited", status="exited")
    assert slug(await propose(evaluation, opening(exited | {"id": household["id"]}))) == "exit-approved-already"


async def test_a_case_names_each_policy_version_once_although_it_was_judged_twice(evaluation: Api):
    case = await on_notice(evaluation, "2016-11-12")
    await move_clock(evaluation, "2016-11-19")
    assert (await decided(evaluation, case))["status"] == "accepted"
    used = (await detail(evaluation, case))["policies"]
    assert len(used) == len({one["id"] for one in used}) == 5


async def test_a_village_that_is_merged_takes_its_exits_along_with_notice_and_objection(evaluation: Api):
    old, new = "220622103201", "220622103211"
    household = await known_household(evaluation, division=old)
    case = await on_notice(evaluation, "2016-11-19", household)
    notice = (await steps_of(evaluation, case))["notice_id"]
    objection = {"id": str(uuid7()), "notice_id": notice, "case_id": case, "content": "其子在城里有房"}
    assert (await decide(evaluation, "/notices/objections", objection, role="village_cadre"))[0][
        "status"
    ] == "accepted"
    # The village's event comes before those of its households.
    await ended(evaluation, old, new, day="2016-11-19")
    assert (await detail(evaluation, case))["division"] == new
    async with evaluation.client("village_cadre", division=new) as client:
        assert (await client.get(f"/notices/{notice}")).status_code == 200
    await became(evaluation, household, "moved", division=new)
    answer = {"id": objection["id"], "upheld": False, "answer": "核实为借住"}
    path = "/notices/objection-answers"
    said = (await decide(evaluation, path, answer, role="county_office", subject="answerer"))[0]
    assert said["status"] == "accepted"
    await move_clock(evaluation, "2016-11-26")
    assert (await decided(evaluation, case))["status"] == "accepted"
    decision = await detail(evaluation, case)
    assert (decision["status"], decision["division"]) == ("approved", new)
    # A division that ends on a later day is left as it is until then.
    other = await on_notice(evaluation, "2016-11-26", await known_household(evaluation, division="220622103202"))
    await ended(evaluation, "220622103202", new, day="2017-01-01")
    assert (await detail(evaluation, other))["division"] == "220622103202"


async def test_a_case_that_goes_to_another_town_stays_in_the_batch_of_its_county(evaluation: Api):
    household = await known_household(evaluation, division="220622104201")
    case = await on_notice(evaluation, "2016-11-26", household)
    await move_clock(evaluation, "2016-12-03")
    drawn = await batch(evaluation, case)
    await became(evaluation, household, "moved", division="220622105201")
    async with evaluation.client("county_office") as client:
        assert (await client.get(f"/cases/batches/{drawn['id']}")).json()["cases"] == [case]
    approved = {"id": case, "approve": True, "reason": "符合退出条件"}
    said = (await decide(evaluation, "/cases/decisions", approved, role="county_office", subject="decider"))[0]
    assert said["status"] == "accepted"


async def test_when_the_notice_of_an_exit_has_run_out_its_next_step_is_shown_before_the_timer_has_come(
    evaluation: Api,
):
    case = await on_notice(evaluation, "2016-12-03", await known_household(evaluation))
    assert (await detail(evaluation, case))["step"] == "notice"
    await move_clock(evaluation, "2016-12-10")
    there = await detail(evaluation, case)
    assert (there["step"], there["notice_until"]) == ("county_decision", None)
    async with evaluation.client("county_office") as client:
        for step, expected in (("county_decision", [case]), ("notice", [])):
            listed = (await client.get("/exits", params={"step": step, "status": "open"})).json()["items"]
            assert [one["id"] for one in listed if one["id"] == case] == expected


async def test_what_a_household_earns_this_year_goes_along_so_that_its_new_town_judges_by_it(evaluation: Api):
    household = await known_household(evaluation, division="220622106201")
    await earns(evaluation, household, wage="9000.00")
    await became(evaluation, household, "moved", division="220622107201")
    params = {"household_id": household["id"], "year": 2016}
    async with evaluation.client("town_cadre", division="220622107") as client:
        assert (await client.get("/incomes", params=params)).json()["per_capita"] == "4500.00"


@pytest.mark.parametrize(("status", "zh"), [("exited", "该户已脱贫"), ("removed", "该户已剔除")])
def test_whoever_is_off_the_register_is_told_how_it_stands(status: Status, zh: str):
    gone = Household(uuid7(), VILLAGE, "220622001", status, date(2014, 10, 1), 0, "一般贫困户", {})
    assert no_longer_registered(gone)["zh"] == zh
    assert no_longer_registered(None)["zh"] == "该户已不在册"

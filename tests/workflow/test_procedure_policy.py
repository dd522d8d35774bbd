"""A county sets the steps of a procedure itself, and what cannot be a procedure is refused in words."""

import copy
from typing import Any

import pytest

from shared.names.ids import uuid7
from shared.policy.files import read
from shared.problems import WrongValue
from shared.workflow.procedure import check_procedure
from tests.support.api import Api
from tests.support.exits import opening, slug
from tests.support.procedures import step
from tests.support.told import known_household
from tests.support.world import decide, move_clock
from tuopin.services import all_services

COUNTY, VILLAGE = "220677", "220677100201"
STEPS = [
    step("visit"),
    step("notice", days=10),
    step("inspection", step="field_check"),
    step("decision"),
    step("announcement"),
]


def proposal(value: Any, key: str = "procedure.exit") -> dict[str, Any]:
    about = {"division": COUNTY, "valid_from": "2016-06-01", "ground": "县政办发〔2016〕8号"}
    return {"id": str(uuid7()), "key": key, "value": value, **about}


async def proposed(api: Api, item: dict[str, Any]) -> dict[str, Any]:
    path, role = "/policies", "county_office"
    return (await decide(api, path, item, role=role, subject="zhao", division=COUNTY))[0]


@pytest.fixture(scope="module", autouse=True)
async def day(evaluation: Api) -> None:
    await move_clock(evaluation, "2016-06-01")


def _without(place: int, name: str) -> list[dict[str, Any]]:
    steps = copy.deepcopy(STEPS)
    del steps[place][name]
    return steps


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ([], "办理程序应当有且只有一个审定步骤"),
        ([step("visit", kind="stroll"), step("decision")], "办理程序的内容不完整或有误"),
        (_without(0, "roles"), "办理程序的内容不完整或有误"),
        ([step("visit"), step("visit"), step("decision")], "各步骤的代码不得重复"),
        ([step("visit")], "办理程序应当有且只有一个审定步骤"),
        ([step("announcement"), step("decision")], "公告和支付在审定之后，其他步骤在审定之前"),
        ([step("decision"), step("visit")], "公告和支付在审定之后，其他步骤在审定之前"),
        (_without(1, "days"), "“村内公示”须写明公示天数"),
        ([step("notice", upheld="inspection"), step("decision")], "“村内公示”异议成立后须退回前面的步骤或终止"),
        ([step("signatures", posts=[]), step("decision")], "“双签”须写明由谁签字"),
        ([step("visit", roles=["mayor"]), step("decision")], "“入户核实”须写明由哪些岗位办理"),
    ],
)
async def test_what_cannot_be_a_procedure_is_refused_in_words(evaluation: Api, steps: list[dict[str, Any]], why: str):
    answer = await proposed(evaluation, proposal({"backdate": 30, "steps": steps}))
    assert (slug(answer), answer["problem"]["title"]) == ("policy-value", why)


async def test_a_county_sets_steps_of_its_own_names_and_its_exits_take_them(evaluation: Api):
    item = proposal({"backdate": 30, "steps": STEPS})
    assert (await proposed(evaluation, item))["status"] == "accepted"
    approval = {"id": item["id"], "decision": "approve"}
    path, role = "/policies/approvals", "county_leader"
    same = (await decide(evaluation, path, approval, role=role, subject=" ZHAO", division=COUNTY))[0]
    assert slug(same) == "separate-people"
    answer = (await decide(evaluation, path, approval, role=role, subject="qian", division=COUNTY))[0]
    assert answer["status"] == "accepted"
    case = opening(await known_household(evaluation, division=VILLAGE))
    answer = (await decide(evaluation, "/cases", case, role="village_cadre", division=COUNTY))[0]
    assert answer["status"] == "accepted"
    async with evaluation.client("auditor", division=COUNTY) as client:
        found = (await client.get(f"/cases/{case['id']}")).json()
    assert [one["step"] for one in found["steps"]] == ["visit", "notice", "field_check", "decision", "announcement"]


@pytest.mark.parametrize(
    ("criteria", "why"),
    [
        ([], "每项标准须写明代码和中英文名称"),
        (["food"], "每项标准须写明代码和中英文名称"),
        ([{"criterion": "road", "zh": "通硬化路"}], "每项标准须写明代码和中英文名称"),
        ([{"criterion": "road", "zh": "通硬化路", "en": "a paved road"}] * 2, "同一项标准只列一次"),
    ],
)
async def test_criteria_of_exits_bear_words_in_both_languages(evaluation: Api, criteria: Any, why: str):
    answer = await proposed(evaluation, proposal(criteria, "exit.criteria"))
    assert answer["problem"]["title"] == why


async def test_a_county_adds_a_criterion_of_its_own_and_calls_it_by_its_name(evaluation: Api):
    item = proposal([{"criterion": "road", "zh": "通硬化路", "en": "a paved road"}], "exit.criteria")
    assert (await proposed(evaluation, item))["status"] == "accepted"
    approval = {"id": item["id"], "decision": "approve"}
    await decide(evaluation, "/policies/approvals", approval, role="county_leader", subject="qian", division=COUNTY)
    case = opening(await known_household(evaluation, division=VILLAGE))
    answer = (await decide(evaluation, "/cases", case, role="village_cadre", division=COUNTY))[0]
    assert answer["problem"]["title"] == "缺少佐证：通硬化路"


def test_a_procedure_that_is_no_record_at_all_is_refused():
    for value in (None, 3, "steps", [], {"backdate": -1, "steps": []}):
        with pytest.raises(WrongValue):
            check_procedure(value)


def test_every_procedure_that_comes_with_a_service_passes_its_own_check():
    entries = [entry for one in all_services() for entry in read(one.policy_files)]
    procedures = [entry for entry in entries if entry.key.startswith("procedure.")]
    assert {"procedure.exit", "procedure.identification"} <= {entry.key for entry in procedures}
    for entry in procedures:
        check_procedure(entry.value)

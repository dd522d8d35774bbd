"""Income and exits: who may leave poverty, when, and what the decision rests on."""

from typing import Any

import asyncpg
import pytest

from shared.jobs.runner import run_one_step
from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.told import known_household
from tests.support.world import decide, move_clock

EVIDENCE = {
    name: {"met": True, "shown_by": "入户核实"} for name in ("food", "clothing", "education", "medical", "housing")
}


def id() -> str:
    return str(uuid7())


async def earns(api: Api, household: dict[str, Any], **lines: str) -> None:
    items = [
        {"id": id(), "household_id": household["id"], "year": 2016, "kind": kind, "amount": amount}
        for kind, amount in lines.items()
    ]
    answers = await decide(api, "/incomes", *items, role="village_cadre")
    assert {answer["status"] for answer in answers} == {"accepted"}


async def proposed(api: Api, household: dict[str, Any], evidence: dict[str, Any] = EVIDENCE) -> str:
    item = {"id": id(), "household_id": household["id"], "year": 2016, "evidence": evidence}
    answer = (await decide(api, "/exits/proposals", item, role="village_cadre", subject="proposer"))[0]
    assert answer["status"] == "accepted", answer
    return item["id"]


async def check(api: Api, case: str, subject: str = "checker") -> dict[str, Any]:
    return (await decide(api, "/exits/checks", {"id": case}, role="town_cadre", subject=subject))[0]


async def step(api: Api, path: str, role: str, **item: Any) -> dict[str, Any]:
    return (await decide(api, f"/exits/{path}", item, role=role, subject=role))[0]


async def detail(api: Api, case: str) -> dict[str, Any]:
    async with api.client("auditor") as client:
        return (await client.get(f"/exits/{case}")).json()


async def on_notice(api: Api, day: str) -> str:
    """A case whose notice begins on a day."""
    await move_clock(api, day)
    household = await known_household(api)
    await earns(api, household, wage="9000.00")
    case = await proposed(api, household)
    assert (await check(api, case))["status"] == "accepted"
    assert (await step(api, "signatures", "village_cadre", id=case, signature="确认书", signed_on=day))[
        "status"
    ] == "accepted"
    assert (await step(api, "notices", "town_cadre", id=case))["status"] == "accepted"
    return case


@pytest.fixture(scope="module", autouse=True)
async def day(evaluation: Api) -> None:
    await move_clock(evaluation, "2016-10-01")


async def test_rewards_and_loans_are_recorded_and_do_not_count(evaluation: Api):
    household = await known_household(evaluation)
    await earns(evaluation, household, wage="5000.00", business_cost="600.00", reward="4000.00", loan="30000.00")
    async with evaluation.client("auditor") as client:
        income = (await client.get("/incomes", params={"household_id": household["id"], "year": 2016})).json()
    # two persons: (5,000 - 600) / 2
    assert (income["counted"], income["not_counted"], income["per_capita"]) == ("4400.00", "34000.00", "2200.00")
    assert {line["kind"] for line in income["lines"] if not line["counted"]} == {"reward", "loan"}


async def test_a_household_below_this_countys_line_is_refused_in_words(evaluation: Api):
    household = await known_household(evaluation)
    await earns(evaluation, household, wage="8399.99", reward="9000.00")  # 4,199.99 for each of two
    case = await proposed(evaluation, household)
    await check(evaluation, case)
    decision = await detail(evaluation, case)
    assert (decision["status"], decision["per_capita"]) == ("refused", "4199.99")
    assert decision["reasons"] == [
        {"code": "income", "zh": "人均纯收入4199.99元，低于4200.00元", "en": "4199.99 yuan a person, below 4200.00"}
    ]
    line = next(used for used in decision["policies"] if used["key"] == "exit.income_line")
    assert (line["division"], line["version"]) == ("220622", 1)


async def test_a_household_cannot_exit_in_the_year_it_was_identified(evaluation: Api):
    household = await known_household(evaluation, identified_on="2016-01-15")
    await earns(evaluation, household, wage="20000.00")
    case = await proposed(evaluation, household)
    await check(evaluation, case)
    assert [reason["code"] for reason in (await detail(evaluation, case))["reasons"]] == ["years"]


async def test_a_guarantee_that_is_not_met_refuses_and_one_without_evidence_waits(evaluation: Api):
    household, other = await known_household(evaluation), await known_household(evaluation)
    for one in (household, other):
        await earns(evaluation, one, wage="20000.00")
    unsafe = await proposed(evaluation, household, EVIDENCE | {"housing": {"met": False, "shown_by": "D级危房"}})
    silent = await proposed(evaluation, other, {name: fact for name, fact in EVIDENCE.items() if name != "medical"})
    await check(evaluation, unsafe)
    answer = await check(evaluation, silent)
    assert (await detail(evaluation, unsafe))["reasons"][0]["zh"] == "住房安全未达标"
    assert answer["problem"]["type"] == "urn:tuopin:problem:evidence-missing"
    assert answer["problem"]["title"] == "缺少佐证：基本医疗"
    assert (await detail(evaluation, silent))["status"] == "proposed"


async def test_proposing_checking_and_approving_take_three_people(evaluation: Api):
    household = await known_household(evaluation)
    await earns(evaluation, household, wage="20000.00")
    case = await proposed(evaluation, household)
    refused = await check(evaluation, case, subject="proposer")
    assert refused["problem"]["type"] == "urn:tuopin:problem:separate-people"


async def test_a_notice_runs_its_seven_days_and_nobody_can_shorten_it(evaluation: Api):
    case = await on_notice(evaluation, "2016-10-10")
    notice = await detail(evaluation, case)
    assert (notice["notice_from"], notice["notice_until"]) == ("2016-10-10", "2016-10-17")
    await move_clock(evaluation, "2016-10-16")
    early = await step(evaluation, "approvals", "county_office", id=case)
    assert early["problem"]["type"] == "urn:tuopin:problem:notice-runs"
    await move_clock(evaluation, "2016-10-17")
    while await run_one_step(evaluation.worker, evaluation.service.jobs, evaluation.app.state.runtime.keys):
        continue
    assert (await detail(evaluation, case))["notice_ended"] is True
    assert (await step(evaluation, "approvals", "county_office", id=case))["status"] == "accepted"
    decision = await detail(evaluation, case)
    assert (decision["status"], decision["decided_on"]) == ("approved", "2016-10-17")
    assert {used["key"] for used in decision["policies"]} == {
        "exit.income_line",
        "exit.criteria",
        "exit.years_after_identification",
        "income.kinds",
        "publicity.days.exit",
    }


async def test_an_objection_stops_the_decision_and_an_answer_restarts_the_notice(evaluation: Api):
    case = await on_notice(evaluation, "2016-10-20")
    objection = {"id": id(), "exit_id": case, "content": "其子在城里有房"}
    await move_clock(evaluation, "2016-10-28")
    assert (await step(evaluation, "objections", "village_cadre", **objection))["status"] == "accepted"
    blocked = await step(evaluation, "approvals", "county_office", id=case)
    assert blocked["problem"]["type"] == "urn:tuopin:problem:objection-open"
    answer = {"id": objection["id"], "upheld": False, "answer": "核实为借住"}
    assert (await step(evaluation, "objection-answers", "county_office", **answer))["status"] == "accepted"
    assert (await detail(evaluation, case))["notice_until"] == "2016-11-04"
    again = await step(evaluation, "approvals", "county_office", id=case)
    assert again["problem"]["type"] == "urn:tuopin:problem:notice-runs"


async def test_a_policy_that_a_decision_used_cannot_change(evaluation: Api):
    await on_notice(evaluation, "2016-11-05")
    owner = await evaluation.owner()
    try:
        with pytest.raises(asyncpg.CheckViolationError, match="was used and cannot change"):
            await owner.execute(
                "UPDATE policy SET value = '\"1.00\"' WHERE key = 'exit.income_line' AND used_at IS NOT NULL"
            )
    finally:
        await owner.close()

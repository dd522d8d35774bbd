"""Income and exits by this county's steps: who may leave poverty, when, and what the decision rests on."""

import asyncpg
import pytest

from shared.jobs.runner import run_one_step
from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.exits import (
    EVIDENCE,
    approve,
    batch,
    check,
    decided,
    detail,
    earns,
    on_notice,
    opening,
    propose,
    proposed,
    sign,
    slug,
    steps_of,
)
from tests.support.told import known_household, tell
from tests.support.told import record as event
from tests.support.world import decide, move_clock


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
    await check(evaluation, case, "2016-10-01")
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
    await check(evaluation, case, "2016-10-01")
    assert [reason["code"] for reason in (await detail(evaluation, case))["reasons"]] == ["years"]


async def test_a_guarantee_that_is_not_met_refuses(evaluation: Api):
    household = await known_household(evaluation)
    await earns(evaluation, household, wage="20000.00")
    unsafe = EVIDENCE | {"housing": {"met": False, "shown_by": "D级危房"}}
    case = await proposed(evaluation, household, evidence=unsafe)
    await check(evaluation, case, "2016-10-01")
    assert (await detail(evaluation, case))["reasons"][0]["zh"] == "住房安全未达标"


async def test_a_proposal_with_missing_criteria_is_told_so_at_once_and_goes_on_when_it_is_complete(evaluation: Api):
    household = await known_household(evaluation)
    item = opening(household, {name: EVIDENCE[name] for name in ("food", "clothing", "housing")})
    refused = await propose(evaluation, item)
    assert (slug(refused), refused["problem"]["title"]) == ("evidence-missing", "缺少佐证：义务教育、基本医疗")
    # Under the same id, the same year, with what was missing.
    assert (await propose(evaluation, item | {"evidence": EVIDENCE}))["status"] == "accepted"
    assert (await propose(evaluation, item | {"evidence": EVIDENCE}))["status"] == "unchanged"


async def test_evidence_is_put_right_until_it_is_verified_and_not_afterwards(evaluation: Api):
    household = await known_household(evaluation)
    await earns(evaluation, household, wage="20000.00")
    case = await proposed(
        evaluation, household, evidence=EVIDENCE | {"medical": {"met": False, "shown_by": "未参保"}}
    )
    better = {"id": case, "evidence": {"medical": {"met": True, "shown_by": "已补缴参保", "papers": ["ef" * 32]}}}
    for expected in ("accepted", "unchanged"):
        answer = (await decide(evaluation, "/exits/completions", better, role="village_cadre"))[0]
        assert answer["status"] == expected
    assert (await check(evaluation, case, "2016-10-01"))["status"] == "accepted"
    late = {"id": case, "evidence": {"medical": {"met": True, "shown_by": "改口"}}}
    assert slug((await decide(evaluation, "/exits/completions", late, role="village_cadre"))[0]) == "exit-verified"
    assert (await detail(evaluation, case))["evidence"]["medical"]["shown_by"] == "已补缴参保"
    async with evaluation.client("county_office") as client:
        missing = (await client.get("/attachments/missing")).json()["items"]
    assert "ef" * 32 in {paper["sha256"] for paper in missing}


async def test_one_household_has_one_open_case_and_is_free_again_when_it_is_withdrawn(evaluation: Api):
    household = await known_household(evaluation)
    case = await proposed(evaluation, household)
    assert slug(await propose(evaluation, opening(household))) == "case-open"
    back = {"id": case, "reason": "农户外出，待其返乡"}
    for expected in ("accepted", "unchanged"):
        answer = (await decide(evaluation, "/cases/withdrawals", back, role="village_cadre", subject="proposer"))[0]
        assert answer["status"] == expected
    assert (await detail(evaluation, case))["status"] == "withdrawn"
    assert (await propose(evaluation, opening(household)))["status"] == "accepted"


async def test_who_proposed_or_checked_does_not_decide_in_whatever_spelling(evaluation: Api):
    case = await on_notice(evaluation, "2016-10-02")
    await move_clock(evaluation, "2016-10-09")
    for subject in ("proposer", "Proposer", "CHECKER ", "poster", "village_cadre"):
        assert slug(await decided(evaluation, case, subject=subject)) == "separate-people", subject
    assert (await approve(evaluation, case))["status"] == "accepted"


async def test_a_household_that_declines_says_why_and_stays(evaluation: Api):
    household = await known_household(evaluation)
    await earns(evaluation, household, wage="20000.00")
    case = await proposed(evaluation, household)
    day = "2016-10-09"
    assert (await check(evaluation, case, day))["status"] == "accepted"
    assert slug(await sign(evaluation, case, day, agrees=False)) == "refusal-reason-missing"
    assert (await sign(evaluation, case, day, agrees=False, reason="怕政策取消"))["status"] == "accepted"
    decision = await detail(evaluation, case)
    assert (decision["status"], decision["reasons"][0]["zh"]) == ("refused", "农户不同意：怕政策取消")


async def test_a_notice_runs_its_seven_days_and_nobody_can_shorten_it(evaluation: Api):
    case = await on_notice(evaluation, "2016-10-10")
    notice = await detail(evaluation, case)
    assert (notice["notice_from"], notice["notice_until"]) == ("2016-10-10", "2016-10-17")
    await move_clock(evaluation, "2016-10-16")
    early = await batch(evaluation, case)
    assert early["type"] == "urn:tuopin:problem:notice-runs"
    assert slug(await approve(evaluation, case)) == "case-wrong-step"
    await move_clock(evaluation, "2016-10-17")
    while await run_one_step(evaluation.worker, evaluation.service.jobs, evaluation.app.state.runtime.keys):
        continue
    assert (await detail(evaluation, case))["step"] == "county_decision"
    assert (await decided(evaluation, case))["status"] == "accepted"
    decision = await detail(evaluation, case)
    assert (decision["status"], decision["decided_on"]) == ("approved", "2016-10-17")
    assert {used["key"] for used in decision["policies"]} == {
        "exit.income_line",
        "exit.criteria",
        "exit.years_after_identification",
        "income.kinds",
        "procedure.exit",
    }
    assert [reason["zh"] for reason in decision["reasons"]][:2] == ["经审定，同意退出", "乡镇核查（2016-10-10）"]


async def test_an_objection_stops_the_decision_and_an_answer_restarts_the_notice(evaluation: Api):
    case = await on_notice(evaluation, "2016-10-20")
    notice = (await steps_of(evaluation, case))["notice_id"]
    objection = {"id": str(uuid7()), "notice_id": notice, "case_id": case, "content": "其子在城里有房"}
    await move_clock(evaluation, "2016-10-28")
    said = (await decide(evaluation, "/notices/objections", objection, role="village_cadre"))[0]
    assert said["status"] == "accepted"
    assert (await batch(evaluation, case))["type"] == "urn:tuopin:problem:objection-open"
    answer = {"id": objection["id"], "upheld": False, "answer": "核实为借住"}
    path = "/notices/objection-answers"
    assert (
        slug((await decide(evaluation, path, answer, role="county_office", subject="checker"))[0])
        == "separate-people"
    )
    assert (await decide(evaluation, path, answer, role="county_office", subject="answerer"))[0][
        "status"
    ] == "accepted"
    assert (await detail(evaluation, case))["notice_until"] == "2016-11-04"
    assert (await batch(evaluation, case))["type"] == "urn:tuopin:problem:notice-runs"


async def test_the_notice_of_an_exit_is_hung_as_villages_hang_it(evaluation: Api):
    for code, name in (("220622100", "大安镇"), ("220622100201", "新岗村")):
        state = {"code": code, "name": name, "valid_from": "2000-01-01", "valid_to": None, "successors": []}
        await tell(evaluation, event("registry.division.recorded.v1", code, 1, state))
    case = await on_notice(evaluation, "2016-10-28", group="二组")
    notice = (await steps_of(evaluation, case))["notice_id"]
    async with evaluation.client("village_cadre", division="220622100201") as client:
        page = (await client.get(f"/notices/{notice}/page")).text
    for said in (
        "关于大安镇新岗村拟退出贫困户名单的公示",
        "大安镇新岗村村民委员会（盖章）",
        "王某",
        "拟退出",
        "二组",
    ):
        assert said in page


async def test_a_case_that_is_sent_back_is_checked_again_and_why_stays_on_record(evaluation: Api):
    await move_clock(evaluation, "2016-11-20")
    household = await known_household(evaluation)
    await earns(evaluation, household, wage="9000.00")
    case, day = await proposed(evaluation, household), "2016-11-20"
    assert (await check(evaluation, case, day))["status"] == "accepted"
    back = {"id": case, "to": "check", "reason": "漏填住房佐证"}
    for expected in ("accepted", "unchanged"):
        answer = (await decide(evaluation, "/cases/returns", back, role="village_cadre", subject="v"))[0]
        assert answer["status"] == expected
    found = await steps_of(evaluation, case)
    assert (found["step"], found["returns"][0]["reason"]) == ("check", "漏填住房佐证")
    assert slug(await sign(evaluation, case, day)) == "case-wrong-step"
    assert (await check(evaluation, case, day))["status"] == "accepted"


async def test_a_policy_that_a_decision_used_cannot_change(evaluation: Api):
    await on_notice(evaluation, "2016-11-25")
    owner = await evaluation.owner()
    try:
        with pytest.raises(asyncpg.CheckViolationError, match="was used and cannot change"):
            await owner.execute(
                "UPDATE policy SET value = '\"1.00\"' WHERE key = 'exit.income_line' AND used_at IS NOT NULL"
            )
    finally:
        await owner.close()

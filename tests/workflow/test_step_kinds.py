"""What steps ask for beyond those of identification: inspections, consent, payment, papers."""

from typing import Any

import pytest

from tests.support.api import Api
from tests.support.cases import PAPER, slug
from tests.support.procedures import COUNTY, decided, detail, done, opened, recorded, ruled, step, town
from tests.support.world import move_clock

DAY = "2016-03-01"
OTHER_PAPER = "cd" * 32


@pytest.fixture(scope="module", autouse=True)
async def today(registry: Api) -> None:
    await move_clock(registry, DAY)


async def at_step(api: Api, *steps: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """A case of a village whose procedure begins with these steps, and the village."""
    village = await town(api) + "201"
    await ruled(api, village[:9], *steps, step("decision"))
    return await opened(api, village), village


async def test_an_inspection_takes_a_team_of_different_people_and_who_records_it_was_there(registry: Api):
    case, at = await at_step(registry, step("inspection"))
    teams = (
        (["t-cadre", "t-two"], "too-few-visitors"),
        (["t-cadre", "t-two", " T-Two"], "too-few-visitors"),
        (["a", "b", "c"], "visitor-missing"),
        (["T-CADRE ", "t-two", "t-three"], None),
    )
    for visitors, refusal in teams:
        answer = await recorded(registry, case, "inspection", DAY, at=at, visitors=visitors)
        assert slug(answer) == refusal, visitors
    assert (await detail(registry, case))["step"] == "decision"


async def test_an_inspection_measures_in_the_unit_that_the_step_asks_for(registry: Api):
    case, at = await at_step(registry, step("inspection", measure="亩"))
    for facts, refusal in (
        ({}, "quantity-missing"),
        ({"quantity": "3.5"}, "quantity-missing"),
        ({"quantity": "3.5", "measure": "头"}, "quantity-missing"),
        ({"quantity": "3.5", "measure": "亩"}, None),
    ):
        answer = await recorded(registry, case, "inspection", DAY, at=at, **facts)
        assert slug(answer) == refusal, facts
    made = (await detail(registry, case))["steps"][0]["records"][0]
    assert (made["quantity"], made["measure"]) == ("3.5", "亩")


async def test_an_inspection_that_does_not_bear_it_out_ends_the_case_with_the_reason(registry: Api):
    case, at = await at_step(registry, step("inspection"))
    assert (await recorded(registry, case, "inspection", DAY, at=at, supports=False))["status"] == "accepted"
    ended = await detail(registry, case)
    assert (ended["status"], ended["reasons"][0]["zh"]) == ("refused", "现场验收情况不支持")


async def test_who_inspected_does_not_decide_however_their_name_is_spelled(registry: Api):
    case, at = await at_step(registry, step("inspection"))
    visitors = ["t-cadre", "t-two", "County-Decider"]
    await recorded(registry, case, "inspection", DAY, at=at, visitors=visitors)
    assert await decided(registry, "decision", case, at=at) == ["separate-people"]


async def test_a_step_may_ask_for_papers_and_counts_each_paper_once(registry: Api):
    case, at = await at_step(registry, step("inspection", evidence=2))
    for facts, refusal in (
        ({}, "step-evidence-missing"),
        ({"photos": [PAPER], "evidence": [PAPER]}, "step-evidence-missing"),
        ({"photos": [PAPER], "evidence": [OTHER_PAPER]}, None),
    ):
        answer = await recorded(registry, case, "inspection", DAY, at=at, **facts)
        assert slug(answer) == refusal, facts
    assert answer["problem"] is None
    async with registry.client("auditor", division=COUNTY) as client:
        missing = (await client.get("/attachments/missing", params={"division": at})).json()["items"]
    assert sorted(one["sha256"] for one in missing) == sorted([PAPER, OTHER_PAPER])


async def test_a_household_agrees_by_its_signature(registry: Api):
    case, at = await at_step(registry, step("consent", evidence=1))
    assert slug(await recorded(registry, case, "consent", DAY, at=at)) == "step-evidence-missing"
    assert (await recorded(registry, case, "consent", DAY, at=at, evidence=[PAPER]))["status"] == "accepted"
    assert await decided(registry, "decision", case, at=at) == [None]


async def test_a_household_that_declines_says_why_and_the_step_says_that_this_ends_it(registry: Api):
    case, at = await at_step(registry, step("consent", declined="refuse"))
    assert slug(await recorded(registry, case, "consent", DAY, at=at, agrees=False)) == "refusal-reason-missing"
    answer = await recorded(registry, case, "consent", DAY, at=at, agrees=False, reason="收入还不稳定")
    ended = await detail(registry, case)
    assert (answer["status"], ended["status"]) == ("accepted", "refused")
    assert ended["reasons"][0]["zh"] == "农户不同意：收入还不稳定"


async def test_a_refusal_that_does_not_end_it_is_shown_to_those_who_decide_and_stays_with_the_decision(registry: Api):
    case, at = await at_step(registry, step("consent", declined="continue"), step("visit"))
    await recorded(registry, case, "consent", DAY, at=at, agrees=False, reason="收入还不稳定")
    await done(registry, case, "visit", day=DAY, at=at)
    waiting = await detail(registry, case)
    assert waiting["notes"] == [
        {"code": "consent", "zh": "农户不同意：收入还不稳定", "en": "the household declines: 收入还不稳定"}
    ]
    due = next(one for one in waiting["steps"] if one["state"] == "due")
    assert due["missing_zh"] == "待列入批次；农户不同意：收入还不稳定"
    assert await decided(registry, "decision", case, at=at) == [None]
    spoken = {reason["code"]: reason["zh"] for reason in (await detail(registry, case))["reasons"]}
    assert spoken["consent"] == "农户签字认可（2016-03-01）：农户不同意（收入还不稳定）"


async def test_a_payment_is_released_after_the_decision_by_somebody_who_had_no_part_in_it(registry: Api):
    village = await town(registry) + "201"
    await ruled(registry, village[:9], step("visit"), step("decision"), step("payment"))
    case = await opened(registry, village)
    await done(registry, case, "visit", day=DAY, at=village)
    assert slug(await recorded(registry, case, "payment", DAY, at=village)) == "case-wrong-step"
    assert await decided(registry, "decision", case, at=village) == [None]
    assert (await detail(registry, case))["step"] == "payment"
    for subject in ("County-decider", "v-cadre", "v-other"):
        refused = await recorded(registry, case, "payment", DAY, at=village, subject=subject)
        assert (slug(refused), refused["problem"]["title"]) == ("separate-people", "经办人不得支付本人经办事项"), (
            subject
        )
    assert (await recorded(registry, case, "payment", DAY, at=village))["status"] == "accepted"
    paid = await detail(registry, case)
    assert (paid["status"], paid["step"]) == ("approved", None)
    assert paid["steps"][-1]["records"][0]["amount"] == "1500.00"


@pytest.mark.parametrize("amount", ["0", "-5.00", "1.005", "15,000", 15.5])
async def test_an_amount_is_a_text_in_yuan_above_nothing(registry: Api, amount: Any):
    item = {"id": "0" * 8 + "-0000-7000-8000-" + "0" * 12, "step": "payment"}
    body = {"kind": "payment", "on": DAY, "amount": amount, "reference": "第1批"}
    async with registry.client("county_office", division=COUNTY) as client:
        answer = await client.post("/cases/steps", json={"items": [item | {"record": body}]})
    assert answer.status_code == 422
    assert answer.json()["field"].endswith("record.payment.amount")

"""Organisations that are paid: who they are, who confirmed them, in which village and from when to when."""

import pytest

from tests.funding.test_money import get, money
from tests.support.api import Api
from tests.support.payees import along, application, confirmed_payee, credit_code, payee, step
from tests.support.people import OTHER_VILLAGE
from tests.support.told import known_household, record, tell
from tests.support.world import decide, move_clock

# Of companies that publish their code, and of GB 32100-2015 itself.
PUBLISHED = ("91350100M000100Y43", "91110000802100433B", "91440300708461136T")


@pytest.fixture(scope="module", autouse=True)
async def day(funding: Api) -> None:
    await move_clock(funding, "2016-06-01")


def slug(answer: dict[str, object]) -> str | None:
    problem = answer["problem"]
    return problem["type"].removeprefix("urn:tuopin:problem:") if isinstance(problem, dict) else None


async def test_whoever_enters_a_payee_does_not_confirm_it(funding: Api):
    body = payee()
    await decide(funding, "/payees", body, role="finance_officer", subject="same")
    answers = [
        (await decide(funding, "/payees/confirmations", {"id": body["id"]}, role="finance_officer", subject=who))[0]
        for who in ("SAME ", "other", "other")
    ]
    assert [(one["status"], slug(one)) for one in answers] == [
        ("refused", "separate-people"),
        ("accepted", None),
        ("unchanged", None),
    ]
    row = next(one for one in (await get(funding, "/payees"))["items"] if one["id"] == body["id"])
    assert (row["status"], row["entered_by"], row["confirmed_by"]) == ("confirmed", "same", "other")


@pytest.mark.parametrize("code", PUBLISHED)
async def test_codes_that_organisations_publish_are_taken_in_whatever_width_and_case(funding: Api, code: str):
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code.lower())
    (answer,) = await decide(
        funding, "/payees", payee(credit_code=f" {wide} ", kind="enterprise"), role="finance_clerk"
    )
    assert answer["status"] == "accepted", answer
    (again,) = await decide(funding, "/payees", payee(credit_code=code), role="finance_clerk")
    assert slug(again) == "payee-known"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("91350100M000100Y44", "校验位"),
        ("91530100M000100Y43", "校验位"),  # two digits in the other order
        ("91350100M0001O0Y43", "18位"),  # the letter O
        ("91350100M000100Y4", "18位"),
        ("220622196005041235", "校验位"),  # a person's number is no organisation's
    ],
)
async def test_a_code_that_is_none_is_refused_with_what_to_compare(funding: Api, code: str, said: str):
    async with funding.client("finance_clerk") as client:
        answer = await client.post("/payees", json={"items": [payee(credit_code=code)]})
    problem = answer.json()
    assert (answer.status_code, problem["field"]) == (422, "items[0].credit_code")
    assert said in problem["errors"][0]["message"]


async def test_a_payee_that_was_refused_says_why_and_is_entered_anew(funding: Api):
    body = payee()
    await decide(funding, "/payees", body, role="finance_clerk", subject="clerk")
    path, refusal = "/payees/confirmations", {"id": body["id"], "approve": False, "ground": "证书上名称不同"}
    async with funding.client("finance_officer") as client:
        silent = await client.post(path, json={"items": [{"id": body["id"], "approve": False}]})
    assert silent.status_code == 422
    (refused,) = await decide(funding, path, refusal, role="finance_officer", subject="officer")
    (after,) = await decide(funding, path, {"id": body["id"]}, role="finance_officer", subject="officer")
    assert (refused["status"], slug(after)) == ("accepted", "payee-decided-otherwise")
    (again,) = await decide(funding, "/payees", payee(credit_code=body["credit_code"]), role="finance_clerk")
    assert again["status"] == "accepted"


async def test_a_payee_is_paid_only_as_what_it_is_where_it_lies_and_once_it_is_confirmed(funding: Api):
    entered, confirmed = payee(), await confirmed_payee(funding)
    await decide(funding, "/payees", entered, role="finance_clerk")
    (unknown, waits, other_kind, elsewhere, right) = [
        slug(await step(funding, "applications", one))
        for one in (
            application(payee()),
            application(entered, "cooperative"),
            application(confirmed, "enterprise"),
            application(confirmed | {"division": OTHER_VILLAGE}, "cooperative"),
            application(confirmed, "cooperative"),
        )
    ]
    assert (unknown, waits, other_kind) == ("no-such-household", "payee-not-confirmed", "no-such-payee")
    assert (elsewhere, right) == ("payee-elsewhere", None)


async def test_a_payee_that_nobody_entered_is_paid_nothing_whatever_its_kind(funding: Api):
    for kind in ("village", "cooperative", "enterprise"):
        assert slug(await step(funding, "applications", application(payee(kind=kind), kind))) == "no-such-payee"


async def test_a_payee_that_ends_between_approval_and_payment_is_held(funding: Api):
    await money(funding, "reward", "5000.00")
    body = await confirmed_payee(funding)
    reward = await along(funding, application(body, "cooperative"), "approvals")
    ended = {"id": body["id"], "valid_to": "2016-06-01", "ground": "注销登记通知书"}
    (answer,) = await decide(funding, "/payees/ends", ended, role="finance_officer")
    assert answer["status"] == "accepted"
    assert slug(await step(funding, "payments", reward)) == "payee-ended"
    later = ended | {"valid_to": "2016-06-02"}
    await decide(funding, "/payees/ends", later, role="finance_officer")
    assert (await step(funding, "payments", reward))["status"] == "accepted"


async def test_a_payee_goes_over_with_its_village_and_is_paid_there(funding: Api):
    old, new = "220622140202", "220622141202"
    body = await confirmed_payee(funding, division=old, kind="village", credit_code=credit_code("N2"))
    state = {"code": old, "name": "旧村", "valid_from": "2000-01-01", "valid_to": "2016-05-01", "successors": [new]}
    await tell(funding, record("registry.division.merged.v1", old, 4, state))
    assert slug(await step(funding, "applications", application(body, "village"))) == "payee-elsewhere"
    moved = application(body | {"division": new}, "village")
    assert (await step(funding, "applications", moved))["status"] == "accepted"


@pytest.mark.parametrize(
    ("year", "taken"), [(2015, False), (2016, True), (2017, False), (2000, False), (2100, False)]
)
async def test_a_reward_is_for_a_year_from_the_schemes_first_to_this_one(funding: Api, year: int, taken: bool):
    answer = await step(funding, "applications", application(await known_household(funding), year=year))
    assert slug(answer) == (None if taken else "reward-year-outside")
    if not taken:
        assert answer["problem"]["title"] == "奖补年度须在2016年至2016年之间，请填写实际养种的年度"


async def test_nothing_is_paid_for_a_year_before_the_payee_began_or_the_household_was_identified(funding: Api):
    await move_clock(funding, "2017-01-20")
    late = await known_household(funding, identified_on="2017-01-05")
    young = await confirmed_payee(funding, valid_from="2017-01-03")
    claims = [(late, "household", 2016), (late, "household", 2017), (young, "cooperative", 2016)]
    answers = [await step(funding, "applications", application(one, kind, year=year)) for one, kind, year in claims]
    assert [slug(one) for one in answers] == ["payee-not-then", None, "payee-not-then"]
    assert "不能申报2016年的奖补" in answers[2]["problem"]["title"]


async def test_in_the_next_year_the_year_before_may_still_be_applied_for(funding: Api):
    home = await known_household(funding)
    await move_clock(funding, "2017-01-20")
    answers = [await step(funding, "applications", application(home, year=year)) for year in (2016, 2017, 2018)]
    assert [slug(one) for one in answers] == [None, None, "reward-year-outside"]

"""Sources, rewards, loans, project payments: from the document to the household, every yuan."""

from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.people import VILLAGE
from tests.support.told import known_household, record, tell
from tests.support.world import decide, move_clock

COUNTY = "220622"


def id() -> str:
    return str(uuid7())


async def money(api: Api, purpose: str, amount: str, *, level: str = "province", payer: str = "省财政厅") -> str:
    """A confirmed inflow; answers its lot."""
    item = {
        "id": id(),
        "division": COUNTY,
        "level": level,
        "payer": payer,
        "document_no": f"文{id()}",
        "year": 2016,
        "purpose": purpose,
        "amount": amount,
        "received_on": "2016-01-05",
    }
    entered = await decide(api, "/inflows", item, role="finance_clerk", subject="clerk")
    confirmed = await decide(
        api, "/inflows/confirmations", {"id": item["id"]}, role="finance_officer", subject="officer"
    )
    assert (entered[0]["status"], confirmed[0]["status"]) == ("accepted", "accepted")
    return item["id"]


async def get(api: Api, path: str, role: str = "auditor", **params: Any) -> Any:
    async with api.client(role) as client:
        answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def approved_reward(api: Api, quantity: str, item: str = "牛") -> dict[str, Any]:
    household = await known_household(api)
    reward = {
        "id": id(),
        "division": VILLAGE,
        "payee_kind": "household",
        "payee_id": household["id"],
        "item": item,
        "year": 2016,
        "quantity": quantity,
    }
    for path, body, role in (
        ("applications", reward, "village_cadre"),
        ("inspections", {"id": reward["id"], "accepted": quantity}, "town_cadre"),
        ("approvals", {"id": reward["id"]}, "county_office"),
    ):
        answers = await decide(api, f"/rewards/{path}", body, role=role, subject=role)
        assert answers[0]["status"] == "accepted", answers
    return reward


@pytest.fixture(scope="module", autouse=True)
async def day(funding: Api) -> None:
    await move_clock(funding, "2016-06-01")


async def test_who_enters_an_inflow_does_not_confirm_it_in_whatever_spelling(funding: Api):
    item = {
        "id": id(),
        "division": COUNTY,
        "level": "county",
        "payer": "县财政局",
        "document_no": "靖财1",
        "year": 2016,
        "purpose": "reward",
        "amount": "100.00",
        "received_on": "2016-02-01",
    }
    await decide(funding, "/inflows", item, role="finance_officer", subject="same")
    for subject in ("same", "Same "):
        answers = await decide(
            funding, "/inflows/confirmations", {"id": item["id"]}, role="finance_officer", subject=subject
        )
        assert answers[0]["problem"]["type"] == "urn:tuopin:problem:separate-people"


async def test_an_amount_as_a_bare_number_is_refused_because_it_could_be_a_float(funding: Api):
    item = {
        "id": id(),
        "division": COUNTY,
        "level": "county",
        "payer": "县财政局",
        "document_no": "x",
        "year": 2016,
        "purpose": "reward",
        "amount": 100.0,
        "received_on": "2016-02-01",
    }
    async with funding.client("finance_clerk") as client:
        answer = await client.post("/inflows", json={"items": [item]})
    assert (answer.status_code, answer.json()["field"]) == (422, "items[0].amount")


async def test_a_reward_is_price_times_accepted_quantity_and_paid_once(funding: Api):
    await money(funding, "reward", "10000.00")
    reward = await approved_reward(funding, "3")
    paid = await decide(funding, "/rewards/payments", {"id": reward["id"]}, role="finance_officer", subject="payer")
    again = await decide(funding, "/rewards/payments", {"id": reward["id"]}, role="finance_officer", subject="payer")
    assert [paid[0]["status"], again[0]["status"]] == ["accepted", "unchanged"]
    row = next(r for r in (await get(funding, "/rewards"))["items"] if r["id"] == reward["id"])
    assert (row["amount"], row["status"]) == ("2400.00", "paid")  # 3 head at 800
    assert {reference["key"] for reference in row["policies"]} == {"reward.items", "reward.cap"}
    held = await get(funding, f"/households/{reward['payee_id']}/sources")
    assert sum(Decimal(lot["amount"]) for lot in held) == Decimal(2400)


async def test_a_reward_is_capped_by_item_and_the_reason_says_so(funding: Api):
    reward = await approved_reward(funding, "20")
    row = next(r for r in (await get(funding, "/rewards"))["items"] if r["id"] == reward["id"])
    assert row["amount"] == "12000.00"  # 16,000 by price
    assert [reason["code"] for reason in row["reasons"]] == ["unit_price", "item_cap"]


async def test_four_steps_of_a_reward_take_four_people(funding: Api):
    reward = await approved_reward(funding, "1")
    for person in ("village_cadre", "town_cadre", "county_office", "Village_Cadre", "county_office "):
        answers = await decide(
            funding, "/rewards/payments", {"id": reward["id"]}, role="finance_officer", subject=person
        )
        assert answers[0]["problem"]["type"] == "urn:tuopin:problem:separate-people"
        assert answers[0]["problem"]["title"] == "经办人不得支付本人经办事项"


async def test_a_reward_of_which_nothing_was_found_is_refused_in_words(funding: Api):
    household = await known_household(funding)
    reward = {
        "id": id(),
        "division": VILLAGE,
        "payee_kind": "household",
        "payee_id": household["id"],
        "item": "鹅",
        "year": 2016,
        "quantity": "20",
    }
    await decide(funding, "/rewards/applications", reward, role="village_cadre", subject="village_cadre")
    nothing = {"id": reward["id"], "accepted": "0"}
    found = await decide(funding, "/rewards/inspections", nothing, role="town_cadre", subject="town_cadre")
    assert found[0]["status"] == "accepted"
    row = next(r for r in (await get(funding, "/rewards"))["items"] if r["id"] == reward["id"])
    assert (row["status"], row["reasons"][0]["zh"]) == ("refused", "现场验收数量为零")
    answers = await decide(funding, "/rewards/approvals", {"id": reward["id"]}, role="county_office", subject="c")
    assert answers[0]["problem"]["title"] == "该笔奖补未通过验收，不能办理此步"


async def test_no_more_is_accepted_than_was_claimed(funding: Api):
    household = await known_household(funding)
    about = {"division": VILLAGE, "payee_kind": "household", "payee_id": household["id"], "item": "牛", "year": 2016}
    reward = {"id": id(), "quantity": "2", **about}
    await decide(funding, "/rewards/applications", reward, role="village_cadre", subject="v")
    found = [
        (await decide(funding, "/rewards/inspections", {"id": reward["id"], "accepted": many}, role="town_cadre"))[0]
        for many in ("100", "2.01", "2")
    ]
    assert [one["problem"] and one["problem"]["title"] for one in found] == [
        "验收数量（100头）超过申报数量（2头）",
        "验收数量（2.01头）超过申报数量（2头）",
        None,
    ]


async def test_what_was_done_with_other_content_is_refused_and_the_same_again_is_unchanged(funding: Api):
    household, other = [await known_household(funding) for _ in range(2)]
    about = {"division": VILLAGE, "payee_kind": "household", "payee_id": household["id"], "item": "鹅", "year": 2016}
    reward = {"id": id(), "quantity": "20", **about}
    await decide(funding, "/rewards/applications", reward, role="village_cadre", subject="v")
    found = {"id": reward["id"], "accepted": "10", "note": "现场清点"}
    loan = await lend(funding, other, "1000.00")
    assert loan.pop("answer")["status"] == "accepted"
    for path, role, same, differences in (
        ("/rewards/inspections", "town_cadre", found, [{"accepted": "12"}, {"note": "另行清点"}]),
        ("/rewards/applications", "village_cadre", reward, [{"quantity": "30"}, {"item": "牛"}]),
        ("/loans/applications", "village_cadre", loan, [{"use": "养羊"}, {"bank": "信用社"}, {"amount": "2.00"}]),
    ):
        await decide(funding, path, same, role=role, subject="t")
        (again,) = await decide(funding, path, same, role=role, subject="t")
        assert again["status"] == "unchanged", again
        for difference in differences:
            (answer,) = await decide(funding, path, same | difference, role=role, subject="t")
            assert answer["problem"]["status"] == 409, (path, difference)
            assert "内容与此次不同" in answer["problem"]["title"]


async def test_loans_are_applied_for_approved_and_disbursed_by_three_people(funding: Api):
    loan = await lend(funding, await known_household(funding), "1000.00")
    for path, role, subject, title in (
        ("approvals", "county_office", " V", "经办人不得审批本人经办事项"),
        ("approvals", "county_office", "c", None),
        ("disbursements", "bank", "V", "经办人不得发放本人经办的贷款"),
        ("disbursements", "bank", "C", "经办人不得发放本人经办的贷款"),
    ):
        answer = (await decide(funding, f"/loans/{path}", {"id": loan["id"]}, role=role, subject=subject))[0]
        assert (answer["problem"] and answer["problem"]["title"]) == title


async def test_a_payment_beyond_the_account_is_refused_and_the_smaller_one_beside_it_paid(funding: Api):
    large, small = await approved_reward(funding, "14"), await approved_reward(funding, "30", "鹅")
    accounts = (await get(funding, "/accounts", kind="treasury"))["items"]
    rest = Decimal(next(a["balance"] for a in accounts if a["owner_kind"] == "reward"))
    await money(funding, "reward", str(Decimal(11199) - rest))
    items = [{"id": large["id"]}, {"id": small["id"]}]
    answers = await decide(funding, "/rewards/payments", *items, role="finance_officer", subject="payer")
    assert [answer["status"] for answer in answers] == ["refused", "accepted"]  # 11,200 and 600 of 11,199
    assert answers[0]["problem"]["type"] == "urn:tuopin:problem:insufficient-funds"


async def lend(api: Api, household: dict[str, Any], amount: str, **more: Any) -> dict[str, Any]:
    loan = {
        "id": id(),
        "household_id": household["id"],
        "borrower_id": household["members"][0]["id"],
        "bank": "农商行",
        "amount": amount,
        "months": 24,
        "use": "养牛",
        **more,
    }
    answers = await decide(api, "/loans/applications", loan, role="village_cadre", subject="v")
    return loan | {"answer": answers[0]}


async def test_what_is_lent_above_ten_times_the_fund_is_lent_but_not_covered(funding: Api):
    await money(funding, "risk_fund", "5000.00")
    await money(funding, "credit", "100000.00", level="bank", payer="农商行")
    fund = {"id": id(), "division": COUNTY, "bank": "农商行", "amount": "5000.00"}
    assert (await decide(funding, "/risk-funds/contributions", fund, role="finance_officer"))[0][
        "status"
    ] == "accepted"
    loans = [await lend(funding, await known_household(funding), "30000.00") for _ in range(2)]
    items = [{"id": loan["id"]} for loan in loans]
    await decide(funding, "/loans/approvals", *items, role="county_office", subject="c")
    answers = await decide(funding, "/loans/disbursements", *items, role="bank", subject="b")
    assert [answer["status"] for answer in answers] == ["accepted", "accepted"]
    rows = {row["id"]: row for row in (await get(funding, "/loans"))["items"]}
    assert [rows[loan["id"]]["covered"] for loan in loans] == ["30000.00", "20000.00"]  # 10 x 5,000
    assert rows[loans[0]["id"]]["due_on"] == "2018-06-01"
    assert (await get(funding, "/figures/leverage"))["value"] == 12  # 60,000 over 5,000
    credit = next(a for a in (await get(funding, "/accounts", kind="bank_credit"))["items"])
    assert credit["balance"] == "40000.00"
    for account in (await get(funding, "/accounts", kind="treasury"))["items"]:
        assert account["owner_kind"] != "credit"


@pytest.mark.parametrize(
    ("facts", "more", "slug"),
    [
        ({}, {"amount": "50000.01"}, "loan-above-maximum"),
        ({}, {"months": 37}, "loan-term-too-long"),
        ({"status": "removed"}, {}, "household-not-eligible"),
        ({"born": "1950-05-31"}, {}, "borrower-not-eligible"),
        ({"born": "1998-06-02"}, {}, "borrower-not-eligible"),
        ({"labour": "丧失劳动力"}, {}, "borrower-not-eligible"),
    ],
)
async def test_a_loan_that_breaks_a_policy_is_refused_by_name(funding: Api, facts, more, slug):
    loan = await lend(funding, await known_household(funding, **facts), more.pop("amount", "20000.00"), **more)
    assert loan["answer"]["problem"]["type"] == f"urn:tuopin:problem:{slug}"


async def test_a_household_has_one_loan(funding: Api):
    household = await known_household(funding)
    assert (await lend(funding, household, "10000.00"))["answer"]["status"] == "accepted"
    assert (await lend(funding, household, "10000.00"))["answer"]["problem"]["type"].endswith("household-has-loan")


async def test_an_approved_project_is_paid_once_from_the_industry_account_and_told(funding: Api):
    lot = await money(funding, "industry", "5000.00")
    project = {
        "id": id(),
        "division": VILLAGE,
        "name": "木耳",
        "status": "approved",
        "budget": "4200.50",
        "approved_by": "leader",
        "approved_on": "2016-05-01",
    }
    told = record("projects.project.approved.v1", project["id"], 2, project)
    await tell(funding, told, told)
    item = {"id": project["id"]}
    refused = await decide(funding, "/project-requests/payments", item, role="finance_officer", subject="leader")
    assert refused[0]["problem"]["type"] == "urn:tuopin:problem:separate-people"
    paid = await decide(funding, "/project-requests/payments", item, role="finance_officer", subject="payer")
    again = await decide(funding, "/project-requests/payments", item, role="finance_officer", subject="payer")
    assert [answers[0]["status"] for answers in (refused, paid, again)] == ["refused", "accepted", "unchanged"]
    trace = await get(funding, f"/lots/{lot}/trace")
    assert {held["kind"]: held["amount"] for held in trace["held"]} == {"project": "4200.50", "treasury": "799.50"}


async def test_the_ledger_itself_refuses_what_does_not_balance_and_every_change(funding: Api):
    owner = await funding.owner()
    try:
        postings = await owner.fetch("SELECT * FROM posting LIMIT 2")
        for statement in ("UPDATE posting SET amount = 1", "DELETE FROM entry", "TRUNCATE posting"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await owner.execute(statement)
        with pytest.raises(asyncpg.CheckViolationError, match="do not balance"):
            await owner.execute(
                "INSERT INTO posting VALUES ($1, 98, $2, $3, $4, 5)",
                postings[0]["entry_id"],
                postings[0]["account_id"],
                postings[0]["lot_id"],
                postings[0]["division"],
            )
    finally:
        await owner.close()


async def test_contributions_are_paid_in_order_as_far_as_the_money_reaches(funding: Api):
    accounts = (await get(funding, "/accounts", kind="treasury"))["items"]
    rest = next((a["balance"] for a in accounts if a["owner_kind"] == "risk_fund"), "0.00")
    await money(funding, "risk_fund", str(Decimal("1000.00") - Decimal(rest)))
    items = [
        {"id": id(), "division": COUNTY, "bank": "村镇银行", "amount": a} for a in ("700.00", "300.01", "300.00")
    ]
    for expected in (
        ["accepted", "refused", "accepted", "refused"],
        ["unchanged", "refused", "unchanged", "refused"],
    ):
        answers = await decide(funding, "/risk-funds/contributions", *items, items[0], role="finance_officer")
        assert [answer["status"] for answer in answers] == expected
        assert answers[1]["problem"]["type"] == "urn:tuopin:problem:insufficient-funds"
        assert answers[1]["problem"]["field"] == "items[1].amount"
        assert answers[3]["problem"]["type"] == "urn:tuopin:problem:twice-in-list"
    fund = next(row for row in await get(funding, "/risk-funds") if row["bank"] == "村镇银行")
    assert fund["paid_in"] == "1000.00"


async def test_who_looks_at_the_sources_of_a_households_money_is_on_record_and_an_unknown_household_is_said(
    funding: Api,
):
    await money(funding, "reward", "10000.00")
    home = (await approved_reward(funding, "1"))["payee_id"]
    async with funding.client("auditor", subject="looks-at-sources") as client:
        await client.get(f"/households/{home}/sources")
        unknown = await client.get(f"/households/{uuid7()}/sources")
    assert (unknown.status_code, unknown.json()["type"]) == (404, "urn:tuopin:problem:no-such-household")
    lines = (await get(funding, "/audit", kind="household", id=home))["items"]
    assert [one["action"] for one in lines if one["actor"] == "looks-at-sources"] == ["read"]


async def test_what_is_not_paid_yet_goes_along_with_its_household_or_village_and_the_ledger_stays(funding: Api):
    old, new = "220622140201", "220622141201"
    home = await known_household(funding, division=old)
    loan = await lend(funding, home, "10000.00")
    assert loan["answer"]["status"] == "accepted", loan
    about = {"payee_kind": "household", "payee_id": home["id"], "item": "牛", "year": 2016, "quantity": "1"}
    reward = {"id": id(), "division": old, **about}
    await decide(funding, "/rewards/applications", reward, role="village_cadre", subject="v")
    wanted = {"id": id(), "division": old, "name": "木耳", "status": "approved", "budget": "4200.50"}
    wanted |= {"approved_by": "leader", "approved_on": "2016-05-01"}
    await tell(funding, record("projects.project.approved.v1", wanted["id"], 2, wanted))
    lots = await get(funding, "/lots")
    await tell(funding, record("registry.household.moved.v1", home["id"], 2, home | {"division": new}))
    state = {"code": old, "name": "旧村", "valid_from": "2000-01-01", "valid_to": "2016-05-01", "successors": [new]}
    await tell(funding, record("registry.division.merged.v1", old, 4, state))

    async def there(path: str, role: str, division: str) -> list[str]:
        async with funding.client(role, division=division) as client:
            return [one["id"] for one in (await client.get(path)).json()["items"]]

    assert await there("/loans", "village_cadre", new) == [loan["id"]]
    assert await there("/rewards", "village_cadre", new) == [reward["id"]]
    assert await there("/rewards", "village_cadre", old) == []
    assert wanted["id"] in await there("/project-requests", "project_office", new)
    assert await get(funding, "/lots") == lots
    inspected = {"id": reward["id"], "accepted": "1"}
    (answer,) = await decide(funding, "/rewards/inspections", inspected, role="town_cadre", division=new[:9])
    assert answer["status"] == "accepted", answer

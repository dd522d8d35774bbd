"""The county next door has the same payer, bank and document number: neither sees or alters the other."""

from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.payees import credit_code, payee
from tests.support.world import decide, move_clock

HERE, THERE = "220622", "220623"


@pytest.fixture(scope="module", autouse=True)
async def day(funding: Api) -> None:
    await move_clock(funding, "2016-06-01")


async def received(api: Api, county: str, document: str, purpose: str, amount: str) -> list[str]:
    item = {
        "id": str(uuid7()),
        "division": county,
        "level": "province",
        "payer": "省财政厅",
        "document_no": document,
        "year": 2016,
        "purpose": purpose,
        "amount": amount,
        "received_on": "2016-01-05",
    }
    said = []
    for path, body, role in (
        ("/inflows", item, "finance_clerk"),
        ("/inflows/confirmations", {"id": item["id"]}, "finance_officer"),
    ):
        [answer] = await decide(api, path, body, role=role, subject=role, division=county)
        said.append(answer["status"] if answer["problem"] is None else answer["problem"]["title"])
    return said


async def accounts(api: Api, county: str, kind: str) -> dict[str, Decimal]:
    async with api.client("auditor", division=county) as client:
        rows: list[dict[str, Any]] = (await client.get("/accounts", params={"kind": kind})).json()["items"]
    assert {row["division"] for row in rows} <= {county}
    return {row["owner_id"]: Decimal(row["balance"]) for row in rows}


async def test_one_document_brings_money_to_two_counties_and_each_books_its_own(funding: Api):
    for county, amount in ((HERE, "100.00"), (THERE, "250.00")):
        assert await received(funding, county, "吉财农〔2016〕7号", "reward", amount) == ["accepted", "accepted"]
    for county, amount in ((HERE, "100.00"), (THERE, "250.00")):
        assert await accounts(funding, county, "source") == {"省财政厅": -Decimal(amount)}
        assert await accounts(funding, county, "treasury") == {county: Decimal(amount)}
    # In one county it is one document still.
    assert (await received(funding, HERE, "吉财农〔2016〕7号", "reward", "100.00"))[0] != "accepted"


async def test_two_counties_have_a_risk_fund_at_the_same_bank(funding: Api):
    for county, amount in ((HERE, "3000.00"), (THERE, "5000.00")):
        assert await received(funding, county, "吉财金〔2016〕9号", "risk_fund", amount) == ["accepted", "accepted"]
        item = {"id": str(uuid7()), "division": county, "bank": "农商行", "amount": amount}
        [answer] = await decide(funding, "/risk-funds/contributions", item, role="finance_officer", division=county)
        assert answer["status"] == "accepted", answer
    for county, amount in ((HERE, "3000.00"), (THERE, "5000.00")):
        async with funding.client("auditor", division=county) as client:
            [fund] = (await client.get("/risk-funds")).json()
        assert (fund["division"], fund["bank"], fund["paid_in"]) == (county, "农商行", amount)


async def test_two_counties_pay_the_same_enterprise(funding: Api):
    code = credit_code()
    for county in (HERE, THERE):
        body = payee(credit_code=code, kind="enterprise", division=f"{county}100201")
        [answer] = await decide(funding, "/payees", body, role="finance_clerk", division=county)
        assert answer["status"] == "accepted", answer
    [again] = await decide(
        funding, "/payees", payee(credit_code=code, division=f"{HERE}101201"), role="finance_clerk"
    )
    assert again["problem"]["type"].endswith("payee-known")


async def test_an_entry_without_postings_is_refused_by_the_database(funding: Api):
    entry = """
        INSERT INTO entry (id, division, kind, document_kind, document_id, effective_on, actor)
        VALUES (gen_random_uuid(), '220622', 'payment', 'reward', gen_random_uuid(), '2016-01-01', 'x')
    """
    async with funding.worker.pool.acquire() as connection:
        with pytest.raises(asyncpg.CheckViolationError, match="no postings"):
            await connection.execute(f"BEGIN; SELECT app_open('220622', NULL); {entry}; COMMIT")
        await connection.execute("ROLLBACK")

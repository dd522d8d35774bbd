"""Apply, approve, disburse a loan: from one bank's credit lots, with the risk fund's cover fixed at disbursement."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.contracts import Document, Payee
from services.funding.ledger import accounts
from services.funding.ledger.pay import Payment, pay
from services.funding.ledger.service import InsufficientFunds
from services.funding.loans import rules
from services.funding.loans.schemas import ApplicationIn, DecisionIn
from shared import policy
from shared.database.session import caller_of
from shared.households.queries import get as households
from shared.http.items import Answers, Outcome, answer_each, overrule
from shared.names.money import yuan
from shared.problems import Conflict, NotFound
from shared.security import audit
from shared.time import clock

_KNOWN = text("SELECT * FROM loan WHERE id = ANY(:ids) OR (household_id = ANY(:households) AND status <> 'refused')")
_LOCK = text("SELECT * FROM loan WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_APPLY = text("""
    INSERT INTO loan (id, division, household_id, borrower_id, bank, amount, months, use, status, policies,
        captured_at, applied_by)
    VALUES (:id, :division, :household_id, :borrower_id, :bank, :amount, :months, :use, 'applied',
        CAST(:policies AS jsonb), :captured_at, :actor)
""")
_APPROVE = text("""
    UPDATE loan SET status = 'approved', approved_by = :actor, approved_at = business_now(), version = version + 1
    WHERE id = ANY(:ids)
""")
_FUNDS = text("""
    SELECT f.bank, f.lent, f.covered, coalesce((SELECT sum(c.amount) FROM contribution c WHERE c.bank = f.bank), 0)
        AS paid_in
    FROM risk_fund f WHERE f.bank = ANY(:banks) ORDER BY f.bank FOR UPDATE OF f
""")
_DISBURSE = text("""
    UPDATE loan SET status = 'disbursed', covered = :covered, disbursed_by = :actor, disbursed_on = :day,
        due_on = :due_on, policies = policies || CAST(:policies AS jsonb), reasons = CAST(:reasons AS jsonb),
        version = version + 1 WHERE id = :id
""")
_LENT = text("UPDATE risk_fund SET lent = lent + :lent, covered = covered + :covered WHERE bank = :bank")


class LoanDiffers(Conflict):
    slug, zh, en = "loan-differs", "此编号已用于另一申请", "This id stands for another application"


class HouseholdHasLoan(Conflict):
    slug, zh, en = "household-has-loan", "该户已有贷款", "The household has a loan already"


class NoSuchLoan(NotFound):
    slug, zh, en = "no-such-loan", "没有这笔贷款", "There is no such loan"


class NoSuchHousehold(NotFound):
    slug, zh, en = "no-such-household", "辖区内没有这一户", "There is no such household in your division"


class NoRiskFund(Conflict):
    slug, zh, en = "no-risk-fund", "该银行未设风险补偿金", "The county has no risk fund at this bank"


async def apply(session: AsyncSession, items: list[ApplicationIn]) -> Answers:
    """Record applications that the policies of the day allow; one loan a household."""
    today, actor = await clock.today(session), caller_of(session).subject
    terms = await _terms(session)
    bound = {"ids": [item.id for item in items], "households": [item.household_id for item in items]}
    known = (await session.execute(_KNOWN, bound)).all()
    by_id, borrowing = {row.id: row for row in known}, {row.household_id for row in known}
    sighted = await households(session, bound["households"])
    fresh: list[dict[str, Any]] = []

    def decide(item: ApplicationIn) -> Outcome:
        if row := by_id.get(item.id):
            if (row.household_id, row.amount, row.months) != (item.household_id, item.amount, item.months):
                raise LoanDiffers(field="id", rule="one id, one application")
            return "unchanged"
        household = sighted.get(item.household_id)
        if household is None:
            raise NoSuchHousehold(field="household_id")
        rules.check(item, household, terms, today)
        if item.household_id in borrowing:
            raise HouseholdHasLoan(field="household_id", rule="one loan a household")
        borrowing.add(item.household_id)
        policies = json.dumps(terms.references())
        fresh.append(item.model_dump() | {"division": household.division, "policies": policies, "actor": actor})
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        await session.execute(_APPLY, fresh)
    for row in fresh:
        audit.record(
            session, "loan.applied", "loan", row["id"], row["division"], after={"amount": yuan(row["amount"])}
        )
    return answers


async def approve(session: AsyncSession, items: list[DecisionIn]) -> Answers:
    """Approve applications; somebody else than who applied."""
    rows, actor, approved = await _lock(session, items), caller_of(session).subject, list[UUID]()

    def decide(item: DecisionIn) -> Outcome:
        row = _existing(rows, item.id)
        if not rules.step(row, "applied", "approved", actor, [row.applied_by]):
            return "unchanged"
        approved.append(item.id)
        return "accepted"

    answers = answer_each(items, decide)
    if approved:
        await session.execute(_APPROVE, {"ids": approved, "actor": actor})
    for id in approved:
        audit.record(session, "loan.approved", "loan", id, rows[id].division)
    return answers


async def disburse(session: AsyncSession, items: list[DecisionIn]) -> Answers:
    """Disburse approved loans in the order of the list; the fund's row is locked, so its limit holds."""
    rows, actor = await _lock(session, items), caller_of(session).subject
    funds = {row.bank: row for row in await session.execute(_FUNDS, {"banks": [row.bank for row in rows.values()]})}
    due: list[Any] = []

    def decide(item: DecisionIn) -> Outcome:
        row = _existing(rows, item.id)
        if not rules.step(row, "approved", "disbursed", actor, [row.applied_by, row.approved_by]):
            return "unchanged"
        if row.bank not in funds:
            raise NoRiskFund(field="id", rule="a risk fund at the bank")
        due.append(row)
        return "accepted"

    first = answer_each(items, decide)
    paid = set[UUID]()
    for bank, fund in funds.items():
        paid |= await _from_bank(session, bank, fund, [row for row in due if row.bank == bank])
    short = {row.id for row in due} - paid
    return overrule(first, short, InsufficientFunds(field="id", rule="no overdraft"))


async def _from_bank(session: AsyncSession, bank: str, fund: Any, due: list[Any]) -> set[UUID]:
    today, county = await clock.today(session), caller_of(session).division[:6]
    multiplier = await policy.resolve(session, "risk_fund.multiplier", county, today)
    paid = await pay(session, accounts.bank_credit(bank, county), [_payment(row) for row in due], today)
    lent, covered = 0, fund.covered
    for row in due:
        if row.id not in paid:
            continue
        part, reason = rules.covered(row.amount, int(fund.paid_in), multiplier.value, covered)
        lent, covered = lent + row.amount, covered + part
        values = {
            "id": row.id,
            "covered": part,
            "actor": caller_of(session).subject,
            "day": today,
            "due_on": rules.due_on(today, row.months),
            "policies": json.dumps([multiplier.reference()]),
            "reasons": json.dumps([reason], ensure_ascii=False),
        }
        await session.execute(_DISBURSE, values)
        after = {"amount": yuan(row.amount), "covered": yuan(part)}
        audit.record(session, "loan.disbursed", "loan", row.id, row.division, after=after)
    await session.execute(_LENT, {"bank": bank, "lent": lent, "covered": covered - fund.covered})
    return paid


def _payment(row: Any) -> Payment:
    return Payment(
        document=Document(kind="loan", id=row.id),
        payee=Payee(kind="household", id=row.household_id),
        account=accounts.loan(row.id, row.division),
        amount=row.amount,
        approver=row.approved_by,
        household_id=row.household_id,
    )


async def _terms(session: AsyncSession) -> rules.Terms:
    today, division = await clock.today(session), caller_of(session).division
    keys = ("loan.max", "loan.months", "loan.age", "loan.labour", "loan.household_status")
    return rules.Terms(*[await policy.resolve(session, key, division, today) for key in keys])


async def _lock(session: AsyncSession, items: list[DecisionIn]) -> dict[UUID, Any]:
    return {row.id: row for row in await session.execute(_LOCK, {"ids": [item.id for item in items]})}


def _existing(rows: dict[UUID, Any], id: UUID) -> Any:
    if id not in rows:
        raise NoSuchLoan(field="id")
    return rows[id]

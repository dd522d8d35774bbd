"""Loans: applied for, approved, and disbursed from one bank's credit lots with the risk fund's cover."""

import json
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.contracts import Document, Payee
from services.funding.ledger import records
from services.funding.ledger.pay import pay
from services.funding.ledger.records import Payment
from services.funding.ledger.rules import InsufficientFunds
from services.funding.loans import queries, rules
from services.funding.loans.records import Loan, Terms
from services.funding.loans.schemas import ApplicationIn, DecisionIn
from services.funding.risk_funds import queries as funds
from services.funding.risk_funds.records import Fund
from shared import policy
from shared.database.rows import typed
from shared.database.session import caller_of
from shared.households.queries import get as households
from shared.households.queries import known as household_of
from shared.http.items import Answers, Outcome, answer_each, overrule
from shared.names.money import yuan
from shared.security import audit
from shared.time import clock


async def apply(session: AsyncSession, items: Sequence[ApplicationIn]) -> Answers:
    """Record applications that the policies of the day allow; one loan a household."""
    today, terms = await clock.today(session), await _terms(session)
    bound = {"ids": [item.id for item in items], "households": [item.household_id for item in items]}
    known = typed(Loan, await session.execute(queries.KNOWN, bound))
    by_id, borrowing = {loan.id: loan for loan in known}, {loan.household_id for loan in known}
    living = await households(session, bound["households"])
    fresh: list[ApplicationIn] = []

    def decide(item: ApplicationIn) -> Outcome:
        if item.id in by_id:
            rules.applied_again(by_id[item.id], item)
            return "unchanged"
        rules.application(item, household_of(living, item.household_id), terms, today)
        if item.household_id in borrowing:
            raise rules.HouseholdHasLoan(field="household_id", rule="one loan a household")
        borrowing.add(item.household_id)
        fresh.append(item)
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        common = {"policies": json.dumps(terms.references()), "actor": caller_of(session).subject}
        rows = [item.model_dump() | common | {"division": living[item.household_id].division} for item in fresh]
        await session.execute(queries.APPLY, rows)
    for item in fresh:
        division, after = living[item.household_id].division, {"amount": yuan(item.amount)}
        audit.record(session, "loan.applied", "loan", item.id, division, after=after)
    return answers


async def approve(session: AsyncSession, items: Sequence[DecisionIn]) -> Answers:
    """Approve applications; somebody else than who applied."""
    locked, actor, approved = await lock(session, items), caller_of(session).subject, list[UUID]()

    def decide(item: DecisionIn) -> Outcome:
        if not rules.approval(existing(locked, item.id), actor):
            return "unchanged"
        approved.append(item.id)
        return "accepted"

    answers = answer_each(items, decide)
    if approved:
        await session.execute(queries.APPROVE, {"ids": approved, "actor": actor})
    for id in approved:
        audit.record(session, "loan.approved", "loan", id, locked[id].division)
    return answers


async def lock(session: AsyncSession, items: Sequence[DecisionIn]) -> dict[UUID, Loan]:
    """The loans within the caller's division, locked in the order of their ids."""
    found = typed(Loan, await session.execute(queries.LOCK, {"ids": [item.id for item in items]}))
    return {loan.id: loan for loan in found}


def existing(locked: dict[UUID, Loan], id: UUID) -> Loan:
    """Raises NoSuchLoan."""
    if id not in locked:
        raise rules.NoSuchLoan(field="id")
    return locked[id]


async def _terms(session: AsyncSession) -> Terms:
    today, division = await clock.today(session), caller_of(session).division
    keys = ("loan.max", "loan.months", "loan.age", "loan.labour", "loan.household_status")
    return Terms(*[await policy.resolve(session, key, division, today) for key in keys])


async def disburse(session: AsyncSession, items: Sequence[DecisionIn]) -> Answers:
    """Disburse approved loans in the order of the list; the fund's row is locked, so its limit holds."""
    locked, actor = await lock(session, items), caller_of(session).subject
    banks = [loan.bank for loan in locked.values()]
    found = {fund.bank: fund for fund in typed(Fund, await session.execute(funds.LOCK, {"banks": banks}))}
    due: list[Loan] = []

    def decide(item: DecisionIn) -> Outcome:
        loan = existing(locked, item.id)
        if not rules.disbursement(loan, actor):
            return "unchanged"
        if loan.bank not in found:
            raise rules.NoRiskFund(field="id", rule="a risk fund at the bank")
        due.append(loan)
        return "accepted"

    answers, paid = answer_each(items, decide), set[UUID]()
    for bank, fund in found.items():
        paid |= await _from_bank(session, fund, [loan for loan in due if loan.bank == bank])
    short = {loan.id for loan in due} - paid
    return overrule(answers, short, InsufficientFunds(field="id", rule="no overdraft"))


async def _from_bank(session: AsyncSession, fund: Fund, due: Sequence[Loan]) -> set[UUID]:
    today, caller = await clock.today(session), caller_of(session)
    county = caller.division[:6]
    multiplier = await policy.resolve(session, "risk_fund.multiplier", county, today)
    source = records.bank_credit(fund.bank, county)
    paid = await pay(session, source, [_payment(loan) for loan in due], today)
    lent, covered = 0, fund.covered
    for loan in due:
        if loan.id not in paid:
            continue
        part, reason = rules.covered(loan.amount, fund.paid_in, multiplier.number(), covered)
        lent, covered = lent + loan.amount, covered + part
        values = {
            "id": loan.id,
            "covered": part,
            "actor": caller.subject,
            "day": today,
            "due_on": rules.due_on(today, loan.months),
            "policies": json.dumps([multiplier.reference()]),
            "reasons": json.dumps([reason], ensure_ascii=False),
        }
        await session.execute(queries.DISBURSE, values)
        after = {"amount": yuan(loan.amount), "covered": yuan(part)}
        audit.record(session, "loan.disbursed", "loan", loan.id, loan.division, after=after)
    await session.execute(funds.LENT, {"bank": fund.bank, "lent": lent, "covered": covered - fund.covered})
    return paid


def _payment(loan: Loan) -> Payment:
    return Payment(
        document=Document(kind="loan", id=loan.id),
        payee=Payee(kind="household", id=loan.household_id),
        account=records.loan(loan.id, loan.division),
        amount=loan.amount,
        approver=loan.approved_by,
        household_id=loan.household_id,
    )

"""Disburse loans: from one bank's credit lots, with the risk fund's cover fixed on the day."""

import json
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.contracts import Document, Payee
from services.funding.ledger import accounts
from services.funding.ledger.pay import pay
from services.funding.ledger.records import Payment
from services.funding.ledger.rules import InsufficientFunds
from services.funding.loans import queries, rules
from services.funding.loans.records import Loan
from services.funding.loans.schemas import DecisionIn
from services.funding.loans.service import existing, lock
from services.funding.risk_funds import queries as funds
from services.funding.risk_funds.records import Fund
from shared import policy
from shared.database.rows import typed
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each, overrule
from shared.names.money import yuan
from shared.security import audit
from shared.time import clock


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
    source = accounts.bank_credit(fund.bank, county)
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
        account=accounts.loan(loan.id, loan.division),
        amount=loan.amount,
        approver=loan.approved_by,
        household_id=loan.household_id,
    )

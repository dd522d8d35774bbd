"""Loans: applied for, approved, and disbursed from one bank's credit lots with the risk fund's cover."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.contracts import Document, Payee
from services.funding.holds import service as holds
from services.funding.holds.records import Gate
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
from shared.households import queries as households
from shared.households.records import Household
from shared.http.items import Answers, Outcome, answer_each, overrule
from shared.names.money import yuan
from shared.security import audit
from shared.time import clock
from shared.workflow.separation import APPROVE, DISBURSE, Act


async def apply(session: AsyncSession, items: Sequence[ApplicationIn]) -> Answers:
    """Record applications that the policies of the day allow; one loan a household."""
    today, terms = await clock.today(session), await _terms(session)
    by_id = await _known(session, [item.id for item in items])
    living = await households.lock(session, [item.household_id for item in items])
    owed = await _owed(session, living.values())
    borrowing = set[UUID]()
    fresh: list[ApplicationIn] = []

    def decide(item: ApplicationIn) -> Outcome:
        if item.id in by_id:
            rules.applied_again(by_id[item.id], item)
            return "unchanged"
        household = households.known(living, item.household_id)
        rules.application(item, household, terms, today)
        if item.household_id in borrowing or rules.owed_by(household, owed, item.id):
            raise rules.HouseholdHasLoan(field="household_id", rule="one loan a household")
        borrowing.add(item.household_id)
        fresh.append(item)
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        common = {"policies": json.dumps(terms.references()), "actor": caller_of(session).subject}
        rows = [item.model_dump() | common | {"division": living[item.household_id].division} for item in fresh]
        await session.execute(queries.APPLY, rows)
    # What a household or its member owes in another village is not seen from here, but counts.
    kept = await _known(session, [item.id for item in fresh])
    for item in fresh:
        if item.id in kept:
            division, after = living[item.household_id].division, {"amount": yuan(item.amount)}
            audit.record(session, "loan.applied", "loan", item.id, division, after=after)
    taken = {item.id for item in fresh} - kept.keys()
    return overrule(answers, taken, rules.HouseholdHasLoan(field="household_id", rule="one loan a household"))


async def approve(session: AsyncSession, items: Sequence[DecisionIn]) -> Answers:
    """Approve applications; somebody else than who applied."""
    step, approved = await _begin(session, items, APPROVE), list[UUID]()

    def decide(item: DecisionIn) -> Outcome:
        loan = step.existing(item.id)
        if not rules.approval(loan, step.actor):
            return "unchanged"
        step.let(loan)
        approved.append(item.id)
        return "accepted"

    answers = answer_each(items, decide)
    if approved:
        await session.execute(queries.APPROVE, {"ids": approved, "actor": step.actor})
    for id in approved:
        audit.record(session, "loan.approved", "loan", id, step.existing(id).division)
    await holds.keep(session, step.gate)
    return answers


@dataclass(frozen=True, slots=True)
class _Judged:
    """What loans are judged by on a day: the terms, what households owe, and what was released."""

    terms: Terms
    on: date
    owed: Sequence[Loan]
    gate: Gate


class _Step:
    """One step of several loans: they and their households locked, what these owe, and the gate."""

    def __init__(
        self, caller: str, act: Act, locked: dict[UUID, Loan], living: dict[UUID, Household], judged: _Judged
    ) -> None:
        self.actor, self.gate = caller, judged.gate
        self._act, self._locked, self._living, self._judged = act, locked, living, judged

    def existing(self, id: UUID) -> Loan:
        """Raises NoSuchLoan."""
        if id not in self._locked:
            raise rules.NoSuchLoan(field="id")
        return self._locked[id]

    @property
    def loans(self) -> Collection[Loan]:
        return self._locked.values()

    def let(self, loan: Loan) -> None:
        """Let a loan go on where its household may borrow today. Raises what is against it: it is held then."""
        household, judged = self._living.get(loan.household_id), self._judged
        against = rules.objections(household, loan.borrower_id, judged.terms, judged.on)
        if household is not None:
            against += rules.owed_by(household, judged.owed, loan.id)
        self.gate.let(loan.matter, against, self.actor, self._act)


async def _begin(session: AsyncSession, items: Sequence[DecisionIn], act: Act) -> _Step:
    ids = [item.id for item in items]
    homes = [loan.household_id for loan in (await _known(session, ids)).values()]
    living = await households.lock(session, homes)
    locked = {loan.id: loan for loan in typed(Loan, await session.execute(queries.LOCK, {"ids": ids}))}
    owed = [loan for loan in await _owed(session, living.values()) if loan.status in ("approved", "disbursed")]
    judged = _Judged(await _terms(session), await clock.today(session), owed, await holds.gate(session, ids))
    return _Step(caller_of(session).subject, act, locked, living, judged)


async def _known(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Loan]:
    return {loan.id: loan for loan in typed(Loan, await session.execute(queries.KNOWN, {"ids": ids}))}


async def _owed(session: AsyncSession, living: Collection[Household]) -> Sequence[Loan]:
    members = [member for household in living for member in household.members]
    bound = {"households": [household.id for household in living], "members": members}
    return typed(Loan, await session.execute(queries.OWED, bound))


async def _terms(session: AsyncSession) -> Terms:
    today, division = await clock.today(session), caller_of(session).division
    keys = ("loan.max", "loan.months", "loan.age", "loan.labour", "loan.household_status")
    return Terms(*[await policy.resolve(session, key, division, today) for key in keys])


async def disburse(session: AsyncSession, items: Sequence[DecisionIn]) -> Answers:
    """Disburse approved loans in the order of the list; the fund's row is locked, so its limit holds."""
    step = await _begin(session, items, DISBURSE)
    at = [_fund_of(loan) for loan in step.loans]
    bound = {"divisions": [county for county, _ in at], "banks": [bank for _, bank in at]}
    locked = typed(Fund, await session.execute(funds.LOCK, bound))
    found = {(fund.division, fund.bank): fund for fund in locked}
    due: list[Loan] = []

    def decide(item: DecisionIn) -> Outcome:
        loan = step.existing(item.id)
        if not rules.disbursement(loan, step.actor):
            return "unchanged"
        if _fund_of(loan) not in found:
            raise rules.NoRiskFund(field="id", rule="a risk fund at the bank")
        step.let(loan)
        due.append(loan)
        return "accepted"

    answers, paid = answer_each(items, decide), set[UUID]()
    await holds.keep(session, step.gate)
    for at_bank, fund in found.items():
        paid |= await _from_bank(session, fund, [loan for loan in due if _fund_of(loan) == at_bank])
    short = {loan.id for loan in due} - paid
    return overrule(answers, short, InsufficientFunds(field="id", rule="no overdraft"))


def _fund_of(loan: Loan) -> tuple[str, str]:
    """The county and bank of whose risk fund a loan is covered."""
    return loan.division[:6], loan.bank


async def _from_bank(session: AsyncSession, fund: Fund, due: Sequence[Loan]) -> set[UUID]:
    today, caller = await clock.today(session), caller_of(session)
    county = fund.division
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
    await session.execute(
        funds.LENT, {"division": county, "bank": fund.bank, "lent": lent, "covered": covered - fund.covered}
    )
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

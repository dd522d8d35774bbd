"""Pay approved projects."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.contracts import Document, Payee
from services.funding.ledger import records
from services.funding.ledger.pay import pay
from services.funding.ledger.records import Payment
from services.funding.ledger.rules import InsufficientFunds
from services.funding.project_requests import queries, rules
from services.funding.project_requests.records import Request
from services.funding.project_requests.schemas import PaymentIn
from shared.database.rows import typed
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each, overrule
from shared.names.money import yuan
from shared.security import audit
from shared.time import clock


async def pay_projects(session: AsyncSession, items: Sequence[PaymentIn]) -> Answers:
    """Pay projects from the industry account, the oldest lots first; each project once."""
    found = typed(Request, await session.execute(queries.LOCK, {"ids": [item.id for item in items]}))
    locked, caller, today = {one.id: one for one in found}, caller_of(session), await clock.today(session)
    due: list[Request] = []

    def decide(item: PaymentIn) -> Outcome:
        if not rules.payment(locked.get(item.id), caller.subject):
            return "unchanged"
        due.append(locked[item.id])
        return "accepted"

    answers = answer_each(items, decide)
    source = records.treasury("industry", caller.division[:6])
    paid = await pay(session, source, [_payment(request) for request in due], today)
    await session.execute(queries.PAID, {"ids": list(paid), "actor": caller.subject, "day": today})
    for request in due:
        if request.id in paid:
            after = {"amount": yuan(request.amount)}
            audit.record(session, "project.paid", "project", request.id, request.division, after=after)
    short = {request.id for request in due} - paid
    return overrule(answers, short, InsufficientFunds(field="id", rule="no overdraft"))


def _payment(request: Request) -> Payment:
    return Payment(
        document=Document(kind="project", id=request.id),
        payee=Payee(kind="project", id=request.id),
        account=records.project(request.id, request.division),
        amount=request.amount,
        approver=request.approved_by,
    )

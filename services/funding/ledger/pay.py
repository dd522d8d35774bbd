"""Pay documents from an account: the oldest lots first, one entry and one event for each."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.contracts import PAYMENT, PaymentState
from services.funding.ledger import rules
from services.funding.ledger.records import Account, Entry, Line, Payment
from services.funding.ledger.service import available, open_accounts, post
from shared.events import outbox
from shared.names.ids import uuid7
from shared.names.money import yuan


async def pay(session: AsyncSession, source: Account, payments: Sequence[Payment], on: date) -> set[UUID]:
    """Pay in order as far as the money reaches; answers the ids of the documents that were paid.

    The documents are locked by the caller, so that none is paid twice; the ledger refuses it as well.
    """
    await open_accounts(session, [payment.account for payment in payments])
    holdings = await available(session, source)
    entries: dict[UUID, Payment] = {}
    posted: list[Entry] = []
    for payment, parts in zip(payments, rules.take(holdings, [p.amount for p in payments]), strict=True):
        if parts is None:
            continue
        lines = [Line(source.id, payment.account.id, part.lot, part.amount) for part in parts]
        entry = Entry(
            id=uuid7(),
            division=payment.account.division,
            kind="payment",
            document_kind=payment.document.kind,
            document_id=payment.document.id,
            effective_on=on,
            lines=lines,
            approver=payment.approver,
        )
        posted.append(entry)
        entries[entry.id] = payment
    outcomes = await post(session, posted)
    paid = [(id, payment) for id, payment in entries.items() if outcomes[id] == "posted"]
    for id, payment in paid:
        _publish(session, id, payment, on)
    return {payment.document.id for _, payment in paid}


def _publish(session: AsyncSession, id: UUID, payment: Payment, on: date) -> None:
    state = PaymentState(
        id=id,
        division=payment.account.division,
        document=payment.document,
        payee=payment.payee,
        household_id=payment.household_id,
        amount=yuan(payment.amount),
        paid_on=on,
    )
    key = payment.household_id or payment.document.id
    outbox.publish(session, PAYMENT, "released", state, key=key, sequence=1, subject=id)

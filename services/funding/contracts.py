"""The aggregates that funding publishes, as they stand on the wire."""

from datetime import date
from typing import Literal
from uuid import UUID

from shared.events.contracts import Aggregate, EventData


class Document(EventData):
    """The business document that a payment is made for."""

    kind: Literal["project", "reward", "loan"]
    id: UUID


class Payee(EventData):
    """Whom money was paid to."""

    kind: Literal["household", "person", "village", "cooperative", "enterprise", "project"]
    id: UUID


class PaymentState(EventData):
    """A payment 支付: ``amount`` in yuan; ``household_id`` where it belongs to a registered household."""

    id: UUID
    division: str
    document: Document
    payee: Payee
    household_id: UUID | None
    amount: str
    paid_on: date


PAYMENT = Aggregate("funding.payment", PaymentState, ("released",), zh="支付")

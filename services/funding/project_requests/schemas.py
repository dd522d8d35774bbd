"""Project requests as they come in and go out."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.names.money import Yuan


class RequestRow(BaseModel):
    """A project's budget and whether it was paid."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    name: str
    amount: Yuan
    approved_by: str
    approved_on: date
    paid_by: str | None
    paid_on: date | None


class PaymentIn(BaseModel):
    """The project to pay."""

    model_config = ConfigDict(extra="forbid")

    id: UUID

"""Rewards in place of investment 以奖代投 as they come in and go out."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.funding.payees.schemas import PayeeKind
from shared.names.divisions import Village
from shared.names.money import Yuan
from shared.policy import Reference
from shared.workflow.case import Reason

Quantity = Annotated[Decimal, Field(gt=0, le=Decimal(9999999), decimal_places=2)]


class ApplicationIn(BaseModel):
    """What somebody did and asks a reward for: an item, how much of it, in which year."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    division: Village
    payee_kind: PayeeKind
    payee_id: UUID
    item: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    year: Annotated[int, Field(ge=2000, le=2100)]
    quantity: Quantity
    captured_at: AwareDatetime | None = None


class InspectionIn(BaseModel):
    """What was found on the spot: the quantity that counts, or that nothing does and why."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    accepted: Annotated[Decimal, Field(ge=0, le=Decimal(9999999), decimal_places=2)]
    note: Annotated[str, StringConstraints(max_length=300)] = ""


class DecisionIn(BaseModel):
    """The reward that is approved, or paid."""

    model_config = ConfigDict(extra="forbid")

    id: UUID


class RewardRow(BaseModel):
    """A reward, how far it is, how its amount came about, and for which reasons it is held, where it is."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    payee_kind: str
    payee_id: UUID
    household_id: UUID | None
    item: str
    unit: str
    year: int
    claimed: Decimal
    accepted: Decimal | None
    amount: Yuan | None
    status: str
    policies: list[Reference]
    reasons: list[Reason]
    held: list[Reason]
    applied_by: str
    inspected_by: str | None
    approved_by: str | None
    paid_by: str | None
    paid_on: date | None

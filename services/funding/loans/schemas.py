"""Micro-credit 小额信贷 as it comes in and goes out."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.http.schemas import Text, Title
from shared.names.money import PositiveYuan, Yuan
from shared.policy import Reference
from shared.workflow.case import Reason


class ApplicationIn(BaseModel):
    """A household asks a bank for a loan; one of its members borrows, for production only."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    household_id: UUID
    borrower_id: UUID
    bank: Title
    amount: PositiveYuan
    months: Annotated[int, Field(ge=1, le=600)]
    use: Text
    captured_at: AwareDatetime | None = None


class DecisionIn(BaseModel):
    """The loan that is approved, or disbursed."""

    model_config = ConfigDict(extra="forbid")

    id: UUID


class LoanRow(BaseModel):
    """A loan; ``covered`` is the part that the risk fund stands for, ``held`` why it is held, where it is."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    household_id: UUID
    borrower_id: UUID
    bank: str
    amount: Yuan
    months: int
    use: str
    status: str
    covered: Yuan | None
    policies: list[Reference]
    reasons: list[Reason]
    held: list[Reason]
    applied_by: str
    approved_by: str | None
    disbursed_by: str | None
    disbursed_on: date | None
    due_on: date | None

"""Changes to the register 动态调整 as they come in and go out."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

from services.registry.households.schemas import HouseholdIn, MemberIn

Kind = Literal["removal", "restoration", "new_entry", "member_added", "member_left"]
Ground = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=500)]


class ChangeIn(BaseModel):
    """One change: its kind and reason, the day it took effect, on what ground; who came, or who left.

    ``household`` comes with a new entry, ``member`` with somebody who joins, ``person_id`` with somebody who leaves
    (and ``successor_id`` where that was the head).
    """

    model_config = ConfigDict(extra="forbid")

    id: UUID
    kind: Kind
    household_id: UUID
    effective_on: date
    reason: Annotated[str, StringConstraints(max_length=40)]
    ground: Ground | None = None
    captured_at: AwareDatetime | None = None
    household: HouseholdIn | None = None
    member: MemberIn | None = None
    person_id: UUID | None = None
    successor_id: UUID | None = None


class ChangeRow(BaseModel):
    """A change as recorded: ``households`` and ``persons`` are what it added to the register's numbers."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    household_id: UUID
    division: str
    version: int
    kind: str
    reason: str
    effective_on: date
    households: int
    persons: int
    person_id: UUID | None
    ground: str | None
    recorded_at: datetime
    recorded_by: str

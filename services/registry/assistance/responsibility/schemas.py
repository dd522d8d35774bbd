"""Responsibilities as they come in and go out. Days: started_on inclusive, ended_on exclusive."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.registry.assistance.responsibility.records import Role
from shared.households.schemas import Listed
from shared.http.schemas import Text
from shared.names.divisions import Village


class AssignmentIn(BaseModel):
    """Who takes charge of what from which day.

    A ``department`` (包保单位) is an organisation and a village; a ``helper`` (帮扶责任人) a person and a household;
    every other role a person and a village.
    """

    model_config = ConfigDict(extra="forbid")

    id: UUID
    role: Role
    started_on: date
    village: Village | None = None
    household_id: UUID | None = None
    organisation_id: UUID | None = None
    staff_id: UUID | None = None
    note: Text | None = None


class HandoverIn(BaseModel):
    """One ends and another begins on the same day; ``id`` is that of the new responsibility, ``ends`` of the old."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    ends: UUID
    on: date
    organisation_id: UUID | None = None
    staff_id: UUID | None = None
    note: Text


class EndingIn(BaseModel):
    """The first day on which it no longer holds, and why."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    on: date
    note: Text


class ResponsibilityRow(BaseModel):
    """A responsibility; names and rank are those of the day of the assignment."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    role: str
    household_id: UUID | None
    organisation_id: UUID
    organisation: str
    level: str
    staff_id: UUID | None
    name: str | None
    rank: str | None
    started_on: date
    ended_on: date | None
    follows: UUID | None
    note: str | None
    ended_note: str | None
    recorded_by: str


class Unhelped(Listed):
    """A registered household that nobody helps."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    number: str
    size: int

"""Visits, absences and days on duty as they come in and go out."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from services.registry.assistance.visits.records import Kind
from shared.households.schemas import Listed
from shared.http.schemas import Hash, LongText
from shared.names.divisions import Village
from shared.policy import Reference


class VisitIn(BaseModel):
    """An entry of the diary: a visit to a household, work in the village, or a trip on the village's business.

    ``people`` are ids of the staff, ``photos`` the hashes of stored attachments; an entry that ``corrects`` another
    takes its place. There is no clock-in and no position: what was found and done is the evidence.
    """

    model_config = ConfigDict(extra="forbid")

    id: UUID
    kind: Kind
    visited_on: date
    village: Village | None = None
    household_id: UUID | None = None
    people: Annotated[list[UUID], Field(min_length=1, max_length=20)]
    found: LongText
    done: LongText
    photos: Annotated[list[Hash], Field(max_length=20)] = []
    corrects: UUID | None = None
    captured_at: AwareDatetime | None = None


class VisitRow(Listed):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    kind: str
    household_id: UUID | None
    visited_on: date
    people: list[UUID]
    names: list[str]
    found: str
    done: str
    photos: list[str]
    late: bool
    superseded_by: UUID | None
    recorded_at: datetime
    recorded_by: str


class AbsenceIn(BaseModel):
    """Leave of absence from a day until a day, both inclusive, of somebody who is posted in a village."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    village: Village
    staff_id: UUID
    from_on: date
    until_on: date
    reason: LongText


class AbsenceDecisionIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    approved: bool
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = None


class AbsenceRow(BaseModel):
    """An absence; ``level`` says who decides it: the town, or for longer ones the county."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    staff_id: UUID
    name: str
    from_on: date
    until_on: date
    reason: str
    status: str
    level: str
    policies: list[Reference]
    note: str | None
    decided_by: str | None
    decided_on: date | None
    recorded_by: str


class AttendanceRow(BaseModel):
    """Somebody's days in a village within a period: ``covered`` calendar days of the post so far, days on duty that
    the diary shows, days of absence, and how many days the policy asks of so many days.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    staff_id: UUID
    name: str
    role: str
    covered: int
    on_duty: int
    absent: int
    required: int
    below: bool

"""Visits, leave and days on duty as they come in and go out."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.attachments.schemas import Sha256
from shared.names.divisions import Village

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=2000)]


class VisitIn(BaseModel):
    """An entry of the diary: a visit to a household, work in the village, or a trip on the village's business.

    ``people`` are ids of the staff, ``photos`` the hashes of stored attachments; an entry that ``corrects`` another
    takes its place. There is no clock-in and no position: what was found and done is the evidence.
    """

    model_config = ConfigDict(extra="forbid")

    id: UUID
    kind: Literal["household", "village", "trip"]
    visited_on: date
    village: Village | None = None
    household_id: UUID | None = None
    people: Annotated[list[UUID], Field(min_length=1, max_length=20)]
    found: Text
    done: Text
    photos: Annotated[list[Sha256], Field(max_length=20)] = []
    corrects: UUID | None = None
    captured_at: AwareDatetime | None = None


class VisitRow(BaseModel):
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


class LeaveIn(BaseModel):
    """Leave from a day until a day, both inclusive, of somebody who is posted in a village."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    village: Village
    staff_id: UUID
    from_on: date
    until_on: date
    reason: Text


class LeaveDecisionIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    approved: bool
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = None


class LeaveRow(BaseModel):
    """Leave; ``level`` says who decides it: the town, or for longer ones the county."""

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
    policies: list[dict[str, Any]]
    note: str | None
    decided_by: str | None
    decided_on: date | None
    recorded_by: str


class AttendanceRow(BaseModel):
    """Somebody's days in a village within a period: ``covered`` calendar days of the post so far, days on duty that
    the diary shows, days of leave, and how many days the policy asks of so many days.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    staff_id: UUID
    name: str
    role: str
    covered: int
    on_duty: int
    on_leave: int
    required: int
    below: bool

"""Plans, measures and milestones as they come in and go out. Amounts in yuan."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.registry.register.fields.catalogue import Code
from shared.attachments.schemas import Evidence
from shared.households.schemas import Listed
from shared.http.schemas import Text
from shared.names.money import Yuan
from shared.policy import Reference


class MilestoneIn(BaseModel):
    """One point of the countdown 倒排工期."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    title: Text
    due_on: date


class MeasureIn(BaseModel):
    """A measure of one of the six batches against one of the household's causes; ``owner`` is who sees to it."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    batch: Code
    cause: Code
    what: Text
    owner: Text
    staff_id: UUID | None = None
    amount: Yuan | None = None
    project_id: UUID | None = None
    milestones: Annotated[list[MilestoneIn], Field(min_length=1, max_length=20)]


class PlanIn(BaseModel):
    """A household's plan: the year in which it is to leave poverty, and the measures that lead there."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    household_id: UUID
    exit_year: Annotated[int, Field(ge=2014, le=2100)]
    measures: Annotated[list[MeasureIn], Field(min_length=1, max_length=20)]


class PlanRef(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID


class CompletionIn(BaseModel):
    """A milestone was reached on a day."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    done_on: date
    note: Text | None = None
    evidence: Evidence = []


class ShiftIn(BaseModel):
    """A milestone's day is moved, on what ground; the day before stays on record. ``id`` is the shift's."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    milestone_id: UUID
    due_on: date
    ground: Text


class ShiftRow(BaseModel):
    """A day that was moved: from when to when, on what ground, by whom."""

    from_: Annotated[date, Field(alias="from")]
    to: date
    ground: str
    by: str


class MilestoneRow(BaseModel):
    """A milestone; ``days_left`` counts down and is negative where it is overdue, null once it is done."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    title: str
    due_on: date
    owner: str
    done_on: date | None
    note: str | None
    evidence: list[str]
    days_left: int | None
    shifts: list[ShiftRow]


class MeasureRow(BaseModel):
    """A measure of a plan, with the countdown to it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    batch: str
    batch_zh: str = ""
    cause: str
    what: str
    owner: str
    staff_id: UUID | None
    amount: Yuan | None
    project_id: UUID | None
    milestones: list[MilestoneRow] = []


class PlanRow(BaseModel):
    """A plan with its measures; ``policies`` are the versions that it was made by."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    household_id: UUID
    division: str
    exit_year: int
    status: str
    proposed_on: date
    proposed_by: str
    approved_on: date | None
    approved_by: str | None
    policies: list[Reference]
    measures: list[MeasureRow] = []


class Overdue(Listed):
    """A milestone whose day has passed and that nobody has reached."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    household_id: UUID
    division: str
    number: str
    title: str
    batch: str
    due_on: date
    days_late: int
    owner: str
    staff_id: UUID | None


class Unplanned(Listed):
    """A registered household without a plan in force, and the day by which it should have one."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    number: str
    identified_on: date
    due_on: date
    proposed: bool


class Suggestion(BaseModel):
    """A batch of measures that fits one of the household's causes."""

    cause: str
    batch: str
    zh: str
    en: str

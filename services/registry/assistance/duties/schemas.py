"""Items of the responsibility list as they come in and go out."""

from dataclasses import asdict
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.registry.assistance.duties.records import Duty, State
from shared.http.schemas import Hash, Text
from shared.names.divisions import Division


class DutyIn(BaseModel):
    """What an organisation, and somebody in it, has to do in a division until a day."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    division: Division
    kind: Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{2}$")]
    content: Text
    organisation_id: UUID
    staff_id: UUID | None = None
    due_on: date


class CompletionIn(BaseModel):
    """That it is done: when, with what outcome, shown by which attachments."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    done_on: date
    outcome: Text
    evidence: Annotated[list[Hash], Field(max_length=20)] = []


class DutyPatch(BaseModel):
    """A new day or owner, and why."""

    model_config = ConfigDict(extra="forbid")

    due_on: date | None = None
    staff_id: UUID | None = None
    reason: Text


class DutyRow(BaseModel):
    """An item; ``state`` is as of today: open, overdue, done, or done_late."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    class_: str = Field(serialization_alias="class")
    kind: str
    list_version: str
    content: str
    organisation_id: UUID
    organisation: str
    staff_id: UUID | None
    name: str | None
    due_on: date
    done_on: date | None
    outcome: str | None
    evidence: list[str]
    state: State
    version: int

    @classmethod
    def of(cls, duty: Duty, today: date) -> "DutyRow":
        """An item as it stands on a day."""
        return cls.model_validate(asdict(duty) | {"state": duty.state(today)})


class OfficeRow(BaseModel):
    """An office with items that are overdue: how many, and since when the oldest."""

    model_config = ConfigDict(from_attributes=True)

    organisation_id: UUID
    organisation: str
    overdue: int
    oldest: date


class KindRow(BaseModel):
    """A kind of the list; ``invented``: it comes from no source."""

    code: str
    class_: str = Field(serialization_alias="class")
    class_zh: str
    zh: str
    en: str
    version: str
    invented: bool

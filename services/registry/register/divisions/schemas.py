"""Divisions 行政区划 as they come in and go out."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.http.items import MAX_ITEMS
from shared.http.schemas import Name, Text
from shared.names.divisions import Division, Village

Part = Annotated[str, StringConstraints(pattern=r"^([0-9]{9}|[0-9]{12})$")]
MAX_HOUSEHOLDS = 5000


class DivisionIn(BaseModel):
    """A division from a day on. ``invented`` marks what is no real place (in a demonstration)."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    code: Division
    name: Name
    valid_from: date
    valid_to: date | None = None
    invented: bool = False


class DivisionsIn(BaseModel):
    """Divisions to record."""

    model_config = ConfigDict(extra="forbid")

    items: Annotated[list[DivisionIn], Field(min_length=1, max_length=MAX_ITEMS)]


class DivisionAnswer(BaseModel):
    """What became of one division: a code and day that are recorded already are left as they are."""

    code: str
    status: Literal["accepted", "unchanged"]


class DivisionAnswers(BaseModel):
    items: list[DivisionAnswer]


class RenameIn(BaseModel):
    """A new name from a day on."""

    model_config = ConfigDict(extra="forbid")

    code: Division
    name: Name
    valid_from: date
    ground: Text


class Into(BaseModel):
    """A town or village that goes on or begins; the name is needed where it begins."""

    model_config = ConfigDict(extra="forbid")

    code: Part
    name: Name | None = None


class NewCode(BaseModel):
    """The village that a village becomes when its town is merged or split."""

    model_config = ConfigDict(extra="forbid")

    code: Village
    into: Village
    name: Name | None = None


class MergerIn(BaseModel):
    """Villages that become one, or towns with the new code of each of their villages. ``into`` may be one of them."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    codes: Annotated[list[Part], Field(min_length=1, max_length=20)]
    into: Into
    day: date
    ground: Text
    villages: Annotated[list[NewCode], Field(max_length=500)] = []


class HouseholdTo(BaseModel):
    """Where a household of a village that is split goes."""

    model_config = ConfigDict(extra="forbid")

    household_id: UUID
    into: Village


class NaturalVillageTo(BaseModel):
    """Where a natural village goes, with all its households of which nothing else is said."""

    model_config = ConfigDict(extra="forbid")

    natural_village_id: UUID
    into: Village


class CaseTo(BaseModel):
    """Where an open case goes that is about a household which is not on the register yet."""

    model_config = ConfigDict(extra="forbid")

    case_id: UUID
    into: Village


class SplitIn(BaseModel):
    """A village that becomes several, with its households; or a town, with the new code of each of its villages.

    One of ``into`` may be the old code, which then goes on.
    """

    model_config = ConfigDict(extra="forbid")

    id: UUID
    code: Part
    into: Annotated[list[Into], Field(min_length=2, max_length=20)]
    day: date
    ground: Text
    households: Annotated[list[HouseholdTo], Field(max_length=MAX_HOUSEHOLDS)] = []
    natural_villages: Annotated[list[NaturalVillageTo], Field(max_length=500)] = []
    cases: Annotated[list[CaseTo], Field(max_length=MAX_HOUSEHOLDS)] = []
    villages: Annotated[list[NewCode], Field(max_length=500)] = []


class Redivision(BaseModel):
    """A merger or split: how many households moved so far; ``finished_at`` is absent while some still move."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    kind: str
    day: date
    ground: str
    moved: int
    finished_at: datetime | None
    recorded_at: datetime
    recorded_by: str


class Line(BaseModel):
    """From a day on, what was one code is (with its part of the households) another."""

    model_config = ConfigDict(from_attributes=True)

    redivision_id: UUID
    from_code: str
    to_code: str
    day: date
    kind: str


class Lineage(BaseModel):
    """What a division came out of and what it went into; empty where it is as it always was."""

    code: str
    predecessors: list[Line]
    successors: list[Line]

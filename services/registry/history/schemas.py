"""A household at a point in time, and its story."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.money import SignedYuan


class MemberThen(BaseModel):
    """Somebody who lived in the household then."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    relation: str
    sex: str
    born: date
    joined_on: date


class HouseholdThen(BaseModel):
    """What was true of a household on a day, as it was known at a moment."""

    id: UUID
    number: str
    as_of: date
    known_at: datetime
    status: str
    size: int
    attribute: str
    main_cause: str
    income: SignedYuan | None
    unsafe_house: bool
    members: list[MemberThen]


class RegisterRow(BaseModel):
    """A household of the register as it was on a day."""

    model_config = ConfigDict(from_attributes=True)

    household_id: UUID
    division: str
    status: str
    size: int
    attribute: str
    main_cause: str


class Chapter(BaseModel):
    """One change in the story of a household: who, when, what it was before and after, on what ground."""

    version: int
    kind: str
    reason: str
    effective_on: date
    recorded_at: datetime
    recorded_by: str
    ground: str | None
    person: str | None
    before: dict[str, object] | None
    after: dict[str, object]

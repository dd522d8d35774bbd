"""The seven clear 七清 as they go out."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.households.schemas import Listed
from shared.policy import Reference


class Gap(BaseModel):
    """Something that is missing: an item of the household, of one of its members, or a record about it."""

    of: str
    item: str
    zh: str
    en: str


class Clear(BaseModel):
    """One of the seven: complete, or what is missing."""

    key: str
    zh: str
    en: str
    complete: bool
    missing: list[Gap]


class HouseholdClear(BaseModel):
    """A household's seven, by the checklist of today."""

    household_id: UUID
    division: str
    number: str
    status: str
    complete: int
    policy: Reference
    clears: list[Clear]


class WorkRow(Listed):
    """A household of which something is still to be made clear."""

    household_id: UUID
    division: str
    number: str
    status: str
    open: list[Clear]


class Share(BaseModel):
    """Of a division's households (poor and exited), how many have each of the seven complete, and all of them."""

    model_config = ConfigDict(from_attributes=True)

    division: str
    households: int
    population: int
    depth: int
    cause: int
    measures: int
    projects: int
    unit: int
    exit_year: int
    all_seven: int

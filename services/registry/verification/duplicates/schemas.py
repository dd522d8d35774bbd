"""Persons who may be one, with reasons, and what was decided."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.registry.register.households.schemas import Ground


class SideRow(BaseModel):
    """One of the two."""

    person_id: UUID
    household_id: UUID
    division: str
    number: str
    name: str
    sex: str
    born: date
    identity_number: str | None


class ReasonRow(BaseModel):
    """A reason with its points."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    points: int
    zh: str
    en: str


class Pair(BaseModel):
    """Two persons who may be one: ``score`` of 100 with all that speaks for and against it."""

    person: SideRow
    other: SideRow
    score: int
    reasons: list[ReasonRow]


class DecisionIn(BaseModel):
    """Somebody looked: the same person (one household is then removed as a duplicate), or different ones."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    person_id: UUID
    other_id: UUID
    verdict: Literal["same", "different"]
    ground: Ground


class DecisionRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    person_id: UUID
    other_id: UUID
    verdict: str
    ground: str
    recorded_at: datetime
    recorded_by: str

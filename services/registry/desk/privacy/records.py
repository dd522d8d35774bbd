"""Persons, their consents and requests to correct, as they pass between the modules of privacy."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the register, and the household in which they live or lived last."""

    id: UUID
    born: date
    division: str
    household_id: UUID


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person agreed to, and since when no longer."""

    id: UUID
    division: str
    household_id: UUID
    person_id: UUID
    purposes: list[str]
    given_on: date
    withdrawal_id: UUID | None
    withdrawn_on: date | None
    valid_to: date | None
    evidence: str
    guardian_id: UUID | None


@dataclass(frozen=True, slots=True)
class CorrectionRequest:
    """What a person says is wrong; who opened the request, and what it was answered with."""

    id: UUID
    division: str
    household_id: UUID
    person_id: UUID
    field: str
    asked_on: date
    status: str
    answer_id: UUID | None
    recorded_by: str
    asked_by: str
    wanted: str
    evidence: list[str]


@dataclass(frozen=True, slots=True)
class Expired:
    """Something past its time: a household, a person, an import."""

    id: UUID
    division: str

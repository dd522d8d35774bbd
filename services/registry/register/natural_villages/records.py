"""Natural villages and who lives in them, as they pass between modules."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Known:
    """A natural village that is on record."""

    id: UUID
    division: str
    kind: str
    code: str | None
    name: str
    valid_from: date
    valid_to: date | None
    source: str


@dataclass(frozen=True, slots=True)
class Lives:
    """A household in its village, and the natural village where it lives since a day, if any is known."""

    id: UUID
    division: str
    natural_village_id: UUID | None
    valid_from: date | None


@dataclass(frozen=True, slots=True)
class Stated:
    """A total as it was stated for a year."""

    item: str
    value: int
    source: str

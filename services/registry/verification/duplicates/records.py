"""Persons who may be one, why, and what was decided about two of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

# Of each reason; from ``show`` on a pair is shown, ``similar_from`` is how alike similar names are.
Points = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Side:
    """A person who lives in a household, as registered: numbers encrypted, masked and indexed."""

    id: UUID
    division: str
    name: str
    sex: str
    born: date
    identity_number: str | None
    identity_masked: str | None
    phone_index: bytes | None
    document_kind: str
    grams: tuple[str, ...]
    household_id: UUID
    number: str
    home_index: bytes | None


@dataclass(frozen=True, slots=True)
class Known:
    """What is compared of a person. ``number`` is the identity number in plain, only ever in memory."""

    id: UUID
    division: str
    name: str
    sex: str
    born: date
    number: str
    phones: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for or against it."""

    code: str
    points: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided about two persons, the smaller id first."""

    id: UUID
    person_id: UUID
    other_id: UUID
    division: str
    verdict: str
    ground: str

    def to_json(self) -> dict[str, str]:
        return {
            "id": str(self.id),
            "person_id": str(self.person_id),
            "other_id": str(self.other_id),
            "division": self.division,
            "verdict": self.verdict,
            "ground": self.ground,
        }

"""Divisions and what becomes of them, as they pass between modules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Became:
    """What divisions became on a day. ``recoded`` are villages that go on alone under a new code; ``codes`` all that
    end, each with what it became (the first part, where there are several), ``whole`` those of them that became one.
    ``assigned`` says where each open matter of a split village goes that is about no household of the register.
    """

    recoded: Mapping[str, str]
    codes: Mapping[str, str]
    whole: Mapping[str, str]
    assigned: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Unassigned:
    """What is open in a village that is split, and about no household of the register: rooms add to ``matters``."""

    village: str
    matters: set[UUID] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Redivision:
    """A merger or split: what was asked for, how many households moved so far, and when the last one did."""

    id: UUID
    division: str
    kind: str
    day: date
    ground: str
    said: Mapping[str, object]
    moved: int
    finished_at: datetime | None
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Going:
    """A household that goes along, and the division that is its next one."""

    id: UUID
    to_code: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A division under one name, from a day to a day (exclusive)."""

    code: str
    name: str
    valid_from: date
    valid_to: date | None
    invented: bool


@dataclass(frozen=True, slots=True)
class Succession:
    """From a day on, what was one code is (with its part of the households) another."""

    redivision_id: UUID
    from_code: str
    to_code: str
    day: date
    kind: str

"""The diary, absences and posts as they pass between modules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from shared.policy import Reference

Kind = Literal["household", "village", "trip"]
Status = Literal["asked", "approved", "refused"]
Office = Literal["town", "county"]


@dataclass(frozen=True, slots=True)
class Visit:
    """An entry of the diary 走访日记; ``late`` where it was written after the days of the policy."""

    id: UUID
    division: str
    kind: Kind
    household_id: UUID | None
    visited_on: date
    people: list[UUID]
    names: list[str]
    found: str
    done: str
    photos: list[str]
    late: bool
    captured_at: datetime | None
    superseded_by: UUID | None
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Absence:
    """Leave of absence 请假, both days inclusive, of somebody posted in a village; ``level`` is who decides it."""

    id: UUID
    division: str
    staff_id: UUID
    name: str
    from_on: date
    until_on: date
    reason: str
    level: Office
    policies: Sequence[Reference]
    status: Status
    decided_by: str | None
    recorded_by: str

    def covers(self, day: date) -> bool:
        return self.from_on <= day <= self.until_on

    def meets(self, first: date, last: date) -> bool:
        return self.from_on <= last and self.until_on >= first


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of an absence."""

    id: UUID
    status: Status
    note: str | None


@dataclass(frozen=True, slots=True)
class Posting:
    """That somebody is posted in a village from a day to a day (exclusive)."""

    staff_id: UUID
    division: str
    name: str
    started_on: date
    ended_on: date | None

    def covers(self, first: date, last: date) -> bool:
        return self.started_on <= first and (self.ended_on is None or last < self.ended_on)


@dataclass(frozen=True, slots=True)
class Referred:
    """What entries refer to: where households lived on days, names by person and village (None: staff in sight),
    absences.
    """

    homes: Mapping[tuple[UUID, date], str]
    names: Mapping[tuple[UUID, str | None], str]
    absences: Mapping[UUID, Sequence[Absence]]

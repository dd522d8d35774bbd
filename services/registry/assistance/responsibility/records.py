"""Responsibilities as they pass between modules. Days: from the first (inclusive) to the last (exclusive)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from shared.policy import Reference

Role = Literal["department", "leader", "village_secretary", "first_secretary", "team_leader", "team_member", "helper"]
Verb = Literal["assigned", "ended"]

# Roles of which a village has one at a time.
SINGLE: tuple[Role, ...] = ("village_secretary", "first_secretary", "team_leader")


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``start`` to ``end`` (exclusive; None: still)."""

    start: date
    end: date | None

    def reaches(self, day: date) -> bool:
        """Whether it holds on the day or later: something that begins then would meet it."""
        return self.end is None or self.end > day

    def holds_on(self, day: date) -> bool:
        return self.start <= day and self.reaches(day)


@dataclass(frozen=True, slots=True)
class Responsibility:
    """Who has a village or a household in charge; names, level, rank and subject are those of the day on which it was
    assigned. ``most`` is the limit of households that applied then, by ``policies``.
    """

    id: UUID
    division: str
    role: Role
    household_id: UUID | None
    organisation_id: UUID
    organisation: str
    level: str
    staff_id: UUID | None
    name: str | None
    rank: str | None
    subject: str | None
    started_on: date
    ended_on: date | None
    follows: UUID | None
    note: str | None
    ended_note: str | None
    most: int | None
    policies: Sequence[Reference]
    version: int
    recorded_by: str

    @property
    def holder(self) -> UUID:
        """The person, or the organisation where it is a department's."""
        return self.staff_id or self.organisation_id

    @property
    def target(self) -> UUID | str:
        """The household, or the village."""
        return self.household_id or self.division

    @property
    def span(self) -> Span:
        return Span(self.started_on, self.ended_on)


@dataclass(frozen=True, slots=True)
class Ending:
    """The first day on which a responsibility no longer holds, and why."""

    id: UUID
    on: date
    note: str


@dataclass(frozen=True, slots=True)
class Gone:
    """A household that is no longer there to be helped: since when, by which change, moved from where."""

    household_id: UUID
    change_id: UUID
    day: date
    reason: str
    village: str | None


@dataclass(frozen=True, slots=True)
class Ended:
    """A helper whose time a change ended that was none, and what stands against its going on."""

    id: UUID
    name: str
    organisation: str
    against: str | None


@dataclass(frozen=True, slots=True)
class Home:
    """A household that somebody is to help: where it lies, and how it stands on the register."""

    id: UUID
    division: str
    status: str


@dataclass(frozen=True, slots=True)
class Charge:
    """What somebody has in charge now: a village, or (``helps``) a household of it."""

    role: Role
    division: str
    helps: bool
    name: str
    organisation: str
    started_on: date

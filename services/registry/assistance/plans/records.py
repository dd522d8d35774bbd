"""Plans as they pass between modules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from shared.policy import Reference

Status = Literal["proposed", "approved", "superseded"]


@dataclass(frozen=True, slots=True)
class Batch:
    """One of the six batches 六个一批 in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Standards:
    """What a plan is made by: the batches, those that fit each cause, the most years that it takes."""

    batches: Mapping[str, Batch]
    measures: Mapping[str, Sequence[str]]
    years: int
    policies: Sequence[Reference]

    def fitting(self, cause: str) -> Sequence[str]:
        """The batches that fit a cause; a cause that the policy does not name (a county's own) takes any."""
        return self.measures.get(cause, list(self.batches))

    def called(self, batch: str) -> Batch:
        """A batch in words; one that the policy no longer names is called by its code."""
        return self.batches.get(batch, Batch(batch, batch))


@dataclass(frozen=True, slots=True)
class Plan:
    """A household's plan 脱贫计划, without its measures; ``digest`` is that of the request that proposed it."""

    id: UUID
    household_id: UUID
    division: str
    exit_year: int
    status: Status
    digest: bytes
    proposed_by: str
    version: int


@dataclass(frozen=True, slots=True)
class Milestone:
    """A point of the countdown 倒排工期, with the state and the year of its plan."""

    id: UUID
    household_id: UUID
    division: str
    due_on: date
    done_on: date | None
    status: Status
    exit_year: int


@dataclass(frozen=True, slots=True)
class Shift:
    """A milestone that is moved to another day, and why."""

    id: UUID
    milestone_id: UUID
    division: str
    due_before: date
    due_after: date
    ground: str


@dataclass(frozen=True, slots=True)
class Causes:
    """Why a household is poor, the main cause first."""

    division: str
    all: Sequence[str]

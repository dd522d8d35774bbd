"""Doubts as they pass between modules."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Literal
from uuid import UUID

from shared.names.ids import uuid7
from shared.policy import Reference

Severity = Literal["notice", "warning", "serious"]
Status = Literal["raised", "at_town", "at_village", "checked", "judged", "reviewed", "closed"]
Step = Literal[
    "assign_town", "assign_village", "check", "judge", "review", "return_village", "close", "return_town", "reopen"
]
Json = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a rule found about a household, one of its persons, or a record of a department.

    ``evidence`` shows masked numbers only. ``fingerprint`` says what makes the same finding the same (by default all
    of the evidence): a finding that was settled is not raised again while its fingerprint stays. Where another
    service found it, ``source`` names the service, ``reference`` its own record, ``sequence`` the record's version,
    and ``record_id`` what it is about.
    """

    rule: str
    rule_version: int
    division: str
    evidence: Mapping[str, object]
    severity: Severity
    household_id: UUID | None = None
    person_id: UUID | None = None
    ground: str | None = None
    feed: str | None = None
    record_id: UUID | None = None
    fingerprint: str | None = None
    policy: Reference | None = None
    source: str = "registry"
    reference: UUID | None = None
    sequence: int | None = None

    def to_json(self, due_on: date) -> Json:
        """As ``raise_doubts`` takes it."""
        return asdict(self) | {"id": uuid7(), "due_on": due_on}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A doubt as it stands: which rule of whom, about what, on whose desk, and who has said what in this round."""

    id: UUID
    division: str
    rule: str
    rule_version: int
    ground: str | None
    severity: Severity
    household_id: UUID | None
    source: str
    reference: UUID | None
    status: Status
    round: int
    version: int
    raised_on: date
    due_on: date | None
    verdict: str | None
    upheld: bool | None
    checked_by: str | None
    judged_by: str | None
    reviewed_by: str | None
    closed_by: str | None
    closed_on: date | None
    change_id: UUID | None
    may_return: bool

    @property
    def county(self) -> str:
        """The county whose days count."""
        return self.division[:6]


COLUMNS = ", ".join(field.name for field in fields(Doubt))


@dataclass(frozen=True, slots=True)
class Last:
    """The last thing that was done about a doubt."""

    step: str
    content: Mapping[str, object]
    done_on: date
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Locked:
    """A doubt that nobody else moves meanwhile, and what was done about it last."""

    doubt: Doubt
    last: Last

    def said_before(self, step: str, content: Mapping[str, object], actor: str) -> bool:
        """Whether this very step was the last one."""
        return (self.last.step, self.last.content, self.last.recorded_by) == (step, content, actor)


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken: what it said, and the doubt before and after it."""

    step: Step
    content: Mapping[str, object]
    before: Doubt
    now: Doubt

    def to_json(self) -> Json:
        """As it is written."""
        return asdict(self.now) | {"step": self.step, "content": self.content}


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a household lives today, and every division where it is or was on the register."""

    division: str
    lived_in: frozenset[str]


@dataclass(frozen=True, slots=True)
class Least:
    """How many people check on the spot and how many photos they bring, at least (policy ``doubts.check``)."""

    people: int
    photos: int

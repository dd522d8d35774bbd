"""Rules of data checks, runs of them, and what they find."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.policy import Policy

Scope = Literal["household", "person"]
Severity = Literal["error", "doubt", "notice"]
Group = Literal["empty", "range", "identity", "logic", "exit", "monitoring"]
Unit = Literal["yuan", "measure", "count", "counts", "texts"]
SCOPES: tuple[Scope, ...] = ("household", "person")


class Rule(BaseModel):
    """One rule: in force for the data years ``since`` to ``until``; ``when`` is true where a record breaks it.

    ``when`` is SQL over the columns of ``rules.py``; ``:name`` stands for the policy ``checks.name``. A record of
    which the evidence is missing (NULL) does not break a rule: what is missing has rules of its own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{2,40}$")]
    version: int = 1
    group: Group
    scope: Scope
    severity: Severity
    zh: str
    en: str
    source: str
    since: Annotated[int, Field(alias="from")]
    until: int | None = None
    when: str

    def in_force(self, year: int) -> bool:
        return self.since <= year and (self.until is None or year <= self.until)


@dataclass(frozen=True, slots=True)
class Column:
    """A column, the name under which a finding shows it as evidence, and how: measures as text, to stay exact."""

    name: str
    shown: str
    of_person: bool
    measured: bool = False


@dataclass(frozen=True, slots=True)
class Parsed:
    """A rule's condition in parts: the columns in the order in which it names them, and its thresholds."""

    tokens: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    thresholds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold as the policy states it, with its value for SQL (``sql`` is the type)."""

    sql: str
    value: object
    stated: Mapping[str, object]
    policy: Policy


Thresholds = Mapping[str, Threshold]


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be looked at: which rules on which day, villages from ``low`` up to and without ``high``."""

    rules: Sequence[Rule]
    as_of: date
    low: str
    high: str

    def of(self, scope: Scope) -> list[Rule]:
        return [rule for rule in self.rules if rule.scope == scope]


@dataclass(frozen=True, slots=True)
class Run:
    """A data check of a division: which rules of which rule set, for which data year, and its size so far."""

    id: UUID
    division: str
    data_year: int
    as_of: date
    rule_set: str
    rules: list[str]
    households: int

    @property
    def day(self) -> date:
        """The day whose thresholds hold: that of the check, or the last of its data year."""
        return min(self.as_of, date(self.data_year, 12, 31))


@dataclass(frozen=True, slots=True)
class Found:
    """A household, or one of its persons, that breaks a rule, with what the rule looked at."""

    rule: str
    division: str
    household_id: UUID
    version: int
    person_id: UUID | None
    subject_id: UUID
    evidence: dict[str, object]

    @property
    def place(self) -> list[str]:
        """Its place in a list."""
        return [self.division, str(self.household_id), self.rule, str(self.subject_id)]


@dataclass(frozen=True, slots=True)
class Count:
    """How often a rule is broken within a division, and in how many households."""

    division: str
    rule: str
    findings: int
    households: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A rule in two runs: what only the later one found, what only the earlier one, and what both."""

    rule: str
    new: int
    gone: int
    still: int


@dataclass(frozen=True, slots=True)
class DoubtsStage:
    """How far the findings of some rules are doubts: the rule at work, the last finding of it, doubts so far."""

    rule: int = 0
    after: list[str] | None = None
    raised: int = 0

    def to_json(self) -> dict[str, object]:
        return {"rule": self.rule, "after": self.after, "raised": self.raised}

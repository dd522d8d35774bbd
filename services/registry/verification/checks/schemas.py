"""Audit runs, rules and findings as they come in and go out."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, computed_field

from services.registry.verification.checks.catalogue import named
from shared.names.divisions import Division

RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{2,40}$")]
Group = Literal["empty", "range", "identity", "logic", "leaving", "monitoring"]
DataYear = Annotated[int, Field(ge=2015, le=2100)]


class RunIn(BaseModel):
    """An audit of a division's register as it is today, by the rules in force for a data year (by default this one).

    ``groups`` or ``rules`` choose some of them; by default all are used.
    """

    model_config = ConfigDict(extra="forbid")

    id: UUID
    division: Division
    data_year: DataYear | None = None
    groups: Annotated[list[Group], Field(max_length=6)] = []
    rules: Annotated[list[RuleId], Field(max_length=1000)] = []


class RunStarted(BaseModel):
    """The run and its job share one id."""

    id: UUID
    job: str


class RunRow(BaseModel):
    """A run: how far it is, what it looked at, what it found."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    status: str
    data_year: int
    as_of: date
    rule_set: str
    households: int
    persons: int
    findings: int
    recorded_at: datetime
    recorded_by: str


class Run(RunRow):
    """A run with its rules and the versions of the policies that gave their thresholds."""

    rules: list[str]
    policies: list[dict[str, Any]]
    done: int
    total: int | None
    problem: dict[str, Any] | None


class RuleRow(BaseModel):
    """A rule: its texts, the data years for which it is in force, its condition, its thresholds here and now."""

    id: str
    group: str
    scope: str
    severity: str
    zh: str
    en: str
    source: str
    since: int
    until: int | None
    condition: str
    evidence: list[str]
    thresholds: dict[str, Any]


class Finding(BaseModel):
    """A household, or one of its persons, that breaks a rule; the evidence is what the rule looked at.

    Amounts (names that end in ``_fen``) are in fen, areas and distances in the unit of the item.
    """

    model_config = ConfigDict(from_attributes=True)

    rule: str
    severity: str
    zh: str
    en: str
    division: str
    household_id: UUID
    version: int
    person_id: UUID | None
    evidence: dict[str, Any]


class OfRule(BaseModel):
    """Something about a rule, with the rule in words."""

    model_config = ConfigDict(from_attributes=True)

    rule: str

    @computed_field  # type: ignore[prop-decorator]
    @property
    def zh(self) -> str:
        """The rule in Chinese."""
        return named(self.rule)[0]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def en(self) -> str:
        """The rule in English."""
        return named(self.rule)[1]


class Count(OfRule):
    """How often a rule is broken within a division, and in how many households."""

    division: str
    findings: int
    households: int


class Difference(OfRule):
    """A rule in two runs: what only the later one found, what only the earlier one, and what both."""

    new: int
    gone: int
    still: int


class DoubtsIn(BaseModel):
    """Which rules' findings are to be looked at by people."""

    model_config = ConfigDict(extra="forbid")

    rules: Annotated[list[RuleId], Field(min_length=1, max_length=200)]


class DoubtsStarted(BaseModel):
    """The job that raises them."""

    job: str

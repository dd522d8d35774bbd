"""Data checks, their rules and findings as they come in and go out."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, computed_field

from services.registry.verification.checks.catalogue import named
from services.registry.verification.checks.records import Group
from shared.names.divisions import Division
from shared.policy import Reference

RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{2,40}$")]
DataYear = Annotated[int, Field(ge=2015, le=2100)]


class CheckIn(BaseModel):
    """A data check of a division as registered today, by the rules in force for a data year (by default this one).

    ``groups`` or ``rules`` choose some of them; by default all are used.
    """

    model_config = ConfigDict(extra="forbid")

    id: UUID
    division: Division
    data_year: DataYear | None = None
    groups: Annotated[list[Group], Field(max_length=6)] = []
    rules: Annotated[list[RuleId], Field(max_length=1000)] = []


class CheckRow(BaseModel):
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


class CheckState(CheckRow):
    """A run with its rules and the versions of the policies that gave their thresholds."""

    rules: list[str]
    policies: list[Reference]
    done: int
    total: int | None
    problem: dict[str, object] | None


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
    thresholds: dict[str, Mapping[str, object]]


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
    evidence: dict[str, object]


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


class CountRow(OfRule):
    """How often a rule is broken within a division, and in how many households."""

    division: str
    findings: int
    households: int


class DifferenceRow(OfRule):
    """A rule in two runs: what only the later one found, what only the earlier one, and what both."""

    new: int
    gone: int
    still: int


class DoubtsIn(BaseModel):
    """Which rules' findings are to be looked at by people."""

    model_config = ConfigDict(extra="forbid")

    rules: Annotated[list[RuleId], Field(min_length=1, max_length=200)]

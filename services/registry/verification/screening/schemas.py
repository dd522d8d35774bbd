"""Runs of rules, their hit rates and their switches on the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.http.schemas import Reason
from shared.names.divisions import Division


class ScreeningIn(BaseModel):
    """Where to compare, and which rules to run; all that are in force there where none is named."""

    model_config = ConfigDict(extra="forbid")

    division: Division
    rules: Annotated[
        list[Annotated[str, StringConstraints(max_length=60)]] | None, Field(min_length=1, max_length=200)
    ] = None


class RuleResult(BaseModel):
    """What a rule found, and how many doubts of it are new."""

    found: int
    raised: int


class ScreeningState(BaseModel):
    """A run: rules done of total; by rule how much it found, and how many doubts of it are new."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    status: str
    done: int
    total: int | None
    rules: list[str]
    results: dict[str, RuleResult]
    problem: dict[str, object] | None
    recorded_at: datetime
    recorded_by: str


class RuleRate(BaseModel):
    """A rule and how often it was right: ``share`` is that of the closed doubts; none closed, no share."""

    rule: str
    zh: str | None
    en: str | None
    about: str | None
    ground: str | None
    enabled: bool
    raised: int
    open: int
    upheld: int
    denied: int
    share: str | None


class SwitchIn(BaseModel):
    """A rule goes off or on in a division, for a reason."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    division: Division
    rule: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$", max_length=60)]
    enabled: bool
    reason: Reason


class HitRate(BaseModel):
    """How many doubts of a rule there were when it was switched, and which share of the closed ones was true."""

    raised: int
    open: int
    upheld: int
    denied: int
    share: str | None


class SwitchRow(BaseModel):
    """A switch as recorded, with the hit rate that was known then."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    rule: str
    enabled: bool
    reason: str
    hit_rate: HitRate
    effective_on: date
    recorded_at: datetime
    recorded_by: str

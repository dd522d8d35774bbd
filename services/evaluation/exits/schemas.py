"""Exits 退出 as they come in and go out."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.names.money import SignedYuan

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=500)]


class Evidence(BaseModel):
    """Whether one criterion is met, and what shows it."""

    model_config = ConfigDict(extra="forbid")

    met: bool
    shown_by: Text


class ProposalIn(BaseModel):
    """A household that is proposed for exit, with evidence by criterion (food, clothing, education, …)."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    household_id: UUID
    year: Annotated[int, Field(ge=2000, le=2100)]
    evidence: Annotated[dict[str, Evidence], Field(max_length=12)]
    captured_at: AwareDatetime | None = None


class CaseIn(BaseModel):
    """The case that a step is about."""

    model_config = ConfigDict(extra="forbid")

    id: UUID


class SignatureIn(CaseIn):
    """That the household agrees: the paper on which it signed, and when."""

    signature: Text
    signed_on: date


class ObjectionIn(CaseIn):
    """What somebody says against an exit."""

    exit_id: UUID
    content: Text


class ObjectionAnswerIn(CaseIn):
    """Whether an objection is upheld, and why."""

    upheld: bool
    answer: Text


class ExitRow(BaseModel):
    """A case in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    household_id: UUID
    division: str
    year: int
    status: str
    size: int
    per_capita: SignedYuan | None
    notice_from: date | None
    notice_until: date | None
    notice_ended: bool
    decided_on: date | None


class ExitDetail(ExitRow):
    """A case with everything that its decision rests on. It does not say who helped the household."""

    evidence: dict[str, Any]
    income: SignedYuan | None
    criteria: list[dict[str, Any]]
    policies: list[dict[str, Any]]
    reasons: list[dict[str, Any]]
    proposed_by: str
    checked_by: str | None
    signed_on: date | None
    published_by: str | None
    approved_by: str | None
    version: int

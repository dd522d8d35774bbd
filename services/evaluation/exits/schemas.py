"""Exits 退出 as they come in and go out."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.attachments.schemas import Evidence as Papers
from shared.http.schemas import Name, Text
from shared.names.money import SignedYuan
from shared.policy import Reference
from shared.workflow.case import Reason
from shared.workflow.schemas import OpeningIn

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]


class EvidenceIn(BaseModel):
    """Whether one criterion is met, what shows it, and the papers (photos, scans) that are attached for it."""

    model_config = ConfigDict(extra="forbid")

    met: bool
    shown_by: Text
    papers: Papers = []


EvidenceOf = Annotated[dict[Code, EvidenceIn], Field(max_length=12)]


class ExitIn(OpeningIn):
    """A household that is proposed for exit, by the name of its head and its group 村民组, with evidence for each
    criterion (food, clothing, education, …).
    """

    procedure: Literal["exit"]
    household_id: UUID
    year: Annotated[int, Field(ge=2000, le=2100)]
    head_name: Name
    group: Name | None = None
    evidence: EvidenceOf


class CompletionIn(BaseModel):
    """What is added to a proposal or put right in it: evidence of some criteria, the name of the head, the group."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    head_name: Name | None = None
    group: Name | None = None
    evidence: EvidenceOf = {}


class ExitRow(BaseModel):
    """A case in a list; ``step`` is what is to be done, absent where nothing is left."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    household_id: UUID
    division: str
    year: int
    status: str
    step: str | None
    size: int
    per_capita: SignedYuan | None
    notice_from: date | None
    notice_until: date | None
    decided_on: date | None


class CriterionState(BaseModel):
    """A criterion as it was judged; ``needed`` where it is a number."""

    criterion: str
    zh: str
    en: str
    met: bool
    value: str
    needed: str | None = None


class ExitDetail(ExitRow):
    """A case with everything that its decision rests on. It says neither who helped the household nor its names."""

    evidence: dict[str, EvidenceIn]
    income: SignedYuan | None
    criteria: list[CriterionState]
    policies: list[Reference]
    reasons: list[Reason]
    opened_by: str
    version: int

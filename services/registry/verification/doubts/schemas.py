"""Doubts 疑点 and their steps as they come in and go out."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, computed_field

from services.registry.verification.doubts.catalogue import STATUSES, verdicts
from shared.households.schemas import Listed
from shared.http.schemas import Hash, LongText, Name
from shared.names.divisions import Division


class DoubtIn(BaseModel):
    """The doubt that a step is about."""

    model_config = ConfigDict(extra="forbid")

    id: UUID


class AssignmentIn(DoubtIn):
    """To whom a doubt goes; ``to`` is needed only where the doubt does not say where it belongs."""

    to: Division | None = None
    note: LongText | None = None


class CheckIn(DoubtIn):
    """A check on the spot 入户核查: the day, who went, what was found, photos by their SHA-256."""

    checked_on: date
    people: Annotated[list[Name], Field(min_length=1, max_length=20)]
    found: LongText
    photos: Annotated[list[Hash], Field(max_length=50)] = []


class VerdictIn(DoubtIn):
    """What the check comes to, on what ground, shown by which papers (SHA-256)."""

    verdict: Annotated[str, StringConstraints(max_length=40)]
    ground: LongText
    evidence: Annotated[list[Hash], Field(min_length=1, max_length=50)]


class ReviewIn(DoubtIn):
    """Whether the level above agrees; if not, the doubt goes back down."""

    agreed: bool
    note: LongText


class ReopeningIn(DoubtIn):
    """Why a closed doubt is looked at again."""

    ground: LongText


class DoubtRow(Listed):
    """A doubt in a list. ``overdue``: the desk on which it lies has let its days pass."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    rule: str
    rule_version: int
    ground: str | None
    severity: str
    source: str
    household_id: UUID | None
    status: str
    desk: str | None
    round: int
    raised_on: date
    due_on: date | None
    overdue: bool
    verdict: str | None
    upheld: bool | None
    closed_on: date | None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def status_zh(self) -> str:
        """How it stands, in Chinese."""
        return STATUSES[self.status].zh

    @computed_field  # type: ignore[prop-decorator]
    @property
    def status_en(self) -> str:
        """How it stands, in English."""
        return STATUSES[self.status].en

    @computed_field  # type: ignore[prop-decorator]
    @property
    def verdict_zh(self) -> str | None:
        """What was found, in Chinese."""
        return verdicts()[self.verdict].zh if self.verdict else None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def verdict_en(self) -> str | None:
        """What was found, in English."""
        return verdicts()[self.verdict].en if self.verdict else None


class StepOut(BaseModel):
    """One thing that was done about a doubt."""

    model_config = ConfigDict(from_attributes=True)

    step: str
    round: int
    status: str
    done_on: date
    content: dict[str, object]
    recorded_at: datetime
    recorded_by: str


class DoubtDetail(DoubtRow):
    """A doubt with its evidence (masked numbers only), the policy that it rests on, and its story.

    ``reference`` is the record of the service that found it, where that is another one.
    """

    person_id: UUID | None
    feed: str | None
    record_id: UUID | None
    reference: UUID | None
    evidence: dict[str, object]
    policy: dict[str, object] | None
    change_id: UUID | None
    version: int
    steps: list[StepOut]


class VerdictOut(BaseModel):
    """A verdict of the code list."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    zh: str
    en: str
    upheld: bool
    starts: str

"""Cases as they come in: openings, what is recorded at a step, batches, spot checks, decisions, returns."""

from datetime import date
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.http.items import Answer
from shared.http.schemas import Text
from shared.workflow.case import Reason
from shared.workflow.records import Record, Word


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OpeningIn(_In):
    """A case to be opened. Each kind of procedure says what comes with it, and what it is about."""

    id: UUID
    procedure: str
    ground: Text
    captured_at: AwareDatetime | None = None


_Opening = TypeVar("_Opening", bound=OpeningIn)


class IntakeIn(_In, Generic[_Opening]):
    """A plan list: cases that are opened together."""

    id: UUID
    items: Annotated[list[_Opening], Field(min_length=1, max_length=1000)]


class StepIn(_In):
    """What was done at a step of a case."""

    id: UUID
    step: Word
    record: Record


class BatchIn(_In):
    """Cases that an office will decide together at a step; the platform draws which are checked on the spot."""

    id: UUID
    step: Word
    case_ids: Annotated[list[UUID], Field(min_length=1, max_length=1000)]


class CheckIn(_In):
    """A spot check of a case that was drawn."""

    id: UUID
    on: date
    confirmed: bool
    finding: Text


class DecisionIn(_In):
    """What a town or county decides on a case of a batch, and why."""

    id: UUID
    approve: bool
    reason: Text


class ReturnIn(_In):
    """The step to which a case is sent back by the office whose turn it is, and why."""

    id: UUID
    to: Word
    reason: Text


class WithdrawalIn(_In):
    """Why a case is taken back by those who brought it."""

    id: UUID
    reason: Text


class CaseAnswer(Answer):
    """What became of a step or a decision; ``reasons`` where it ended its case without effect, in both languages."""

    reasons: list[Reason]


class CaseAnswers(BaseModel):
    """One answer per item, in the order of the request."""

    items: list[CaseAnswer]

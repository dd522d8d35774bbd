"""Reconciliations as they are asked for, shown and decided."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, computed_field

from services.registry.exchange.layouts.catalogue import called
from services.registry.exchange.reconciliations.records import (
    KINDS,
    PROPOSALS,
    STATES,
    Covers,
    Kind,
    Proposal,
    Standing,
    State,
)
from services.registry.register.codes import named
from services.registry.register.fields.catalogue import Code
from shared.http.schemas import Text
from shared.names.divisions import Division
from shared.sheets.records import Remark


class Count(BaseModel):
    """How many differences of a kind, a state and a proposal there are, and of how many households."""

    model_config = ConfigDict(from_attributes=True)

    kind: Kind
    state: State
    proposal: Proposal
    differences: int
    households: int

    @computed_field  # type: ignore[prop-decorator]
    @property
    def zh(self) -> str:
        """Kind, proposal and state in Chinese."""
        return f"{KINDS[self.kind].zh}：{PROPOSALS[self.proposal].zh}，{STATES[self.state].zh}"

    @computed_field  # type: ignore[prop-decorator]
    @property
    def en(self) -> str:
        """Kind, proposal and state in English."""
        return f"{KINDS[self.kind].en}: {PROPOSALS[self.proposal].en}, {STATES[self.state].en}"


class ReconciliationRow(BaseModel):
    """A list of the national system as of a day beside the register: how far the comparison is, how many households
    and persons the list has, how many households are the same, how many could not be read.

    ``state`` is comparing, open (something is to be decided by ``due_on``), done, superseded (by a newer list),
    failed or forgotten (only the counts are left). ``unknown`` are columns that nothing is known of.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    place: str | None
    state: Standing
    a_line: Literal["person", "household"] | None
    layout: str | None
    unknown: list[str]
    covers: Covers
    as_of: date
    households: int
    persons: int
    same: int
    unread: int
    due_on: date
    kept_until: datetime
    compared_at: datetime | None
    superseded_by: UUID | None
    recorded_at: datetime
    recorded_by: str
    done: int | None
    total: int | None
    problem: dict[str, object] | None


class ReconciliationState(ReconciliationRow):
    """A reconciliation with what differs, counted; ``remarks`` say what of the file was not read, to who sent it."""

    counts: list[Count] = []
    remarks: list[Remark] = []


class DifferenceRow(BaseModel):
    """One thing that differs: of which household, of whom, what the list says and what the register says since when,
    why it may be so, what is proposed, what was decided and became of it.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    village: str | None
    number: str
    household_id: UUID | None
    kind: Kind
    field: str
    person_id: UUID | None
    person_number: str | None
    name: str | None
    said: str
    known: str
    since: date | None
    zh: str
    en: str
    proposal: Proposal
    reason: str | None
    why_zh: str | None
    why_en: str | None
    state: State
    decided_by: str | None
    decided_at: datetime | None
    ground: str | None
    refusal_zh: str | None
    refusal_en: str | None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def item(self) -> str:
        """What it is about in Chinese: the column of the list, or the kind of difference."""
        if self.kind == "household" and self.field in ("size", "head"):
            return {"size": "人数", "head": "户主"}[self.field]
        name = called("member" if self.kind == "member" else "household", self.field) if self.field else None
        return name or KINDS[self.kind].zh

    @computed_field  # type: ignore[prop-decorator]
    @property
    def kind_zh(self) -> str:
        """The kind in Chinese."""
        return KINDS[self.kind].zh

    @computed_field  # type: ignore[prop-decorator]
    @property
    def state_zh(self) -> str:
        """The state in Chinese."""
        return STATES[self.state].zh

    @computed_field  # type: ignore[prop-decorator]
    @property
    def proposal_zh(self) -> str:
        """The proposal in Chinese."""
        return PROPOSALS[self.proposal].zh

    @computed_field  # type: ignore[prop-decorator]
    @property
    def reason_zh(self) -> str | None:
        """The reason that is proposed, in Chinese."""
        return named(self.reason)[0] if self.reason else None


Reason = Annotated[str, StringConstraints(max_length=40)]


class Decided(BaseModel):
    """What is decided: the list is right (``accept``), or the register stands and the national system is to be told.

    ``reason`` is why the register changes (a reason of the list of changes), where the proposed one is not it;
    ``effective_on`` since when, where it is not the day of the list.
    """

    model_config = ConfigDict(extra="forbid")

    decision: Literal["accept", "keep"]
    ground: Text
    reason: Reason | None = None
    effective_on: date | None = None


class DecisionIn(Decided):
    """What is decided of one difference; ``id`` is the difference's."""

    id: UUID


class BulkDecision(Decided):
    """What is decided of all differences that are to be decided still and meet all that is given."""

    division: Division | None = None
    kind: Kind | None = None
    field: Code | None = None
    proposal: Proposal | None = None


class Filters(BaseModel):
    """Differences that meet all that is given."""

    model_config = ConfigDict(extra="forbid")

    division: Division | None = None
    kind: Kind | None = None
    field: Annotated[str, Field(max_length=40)] | None = None
    proposal: Proposal | None = None
    state: State | None = None

"""Changes to the register 动态调整 as they come in and go out."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, computed_field

from services.registry.register.changes.records import StaysEnded
from services.registry.register.codes import KINDS, named
from services.registry.register.fields.catalogue import Code
from services.registry.register.households.schemas import LARGEST, Ground, HouseholdIn, MemberIn, Number, Source
from shared.attachments.schemas import Evidence
from shared.households.schemas import Listed
from shared.http.items import Answer
from shared.http.schemas import Text
from shared.names.divisions import Village

Kind = Literal[
    "registration",
    "removal",
    "restoration",
    "return",
    "new_entry",
    "member_added",
    "member_left",
    "split",
    "merge",
    "move",
    "head_changed",
    "cancellation",
]


class Relative(BaseModel):
    """Somebody of one household who becomes a member of another, and the relation to its head."""

    model_config = ConfigDict(extra="forbid")

    person_id: UUID
    relation: Code


Relatives = Annotated[list[Relative], Field(min_length=1, max_length=LARGEST)]


class SplitIn(BaseModel):
    """The household that members leave for 分户: in the same village unless one is named; one of them is its head.

    Attribute and cause are those of the old household unless they are named.
    """

    model_config = ConfigDict(extra="forbid")

    id: UUID
    number: Number
    division: Village | None = None
    attribute: Code | None = None
    main_cause: Code | None = None
    members: Relatives


class MergeIn(BaseModel):
    """The household that takes in all members of the one that ends 并户."""

    model_config = ConfigDict(extra="forbid")

    into_id: UUID
    members: Relatives


class Departure(BaseModel):
    """A member of a household that died out, and why they are no longer there."""

    model_config = ConfigDict(extra="forbid")

    person_id: UUID
    reason: Annotated[str, StringConstraints(max_length=40)]


class LaterDecision(BaseModel):
    """What becomes of a later change that does not fit any more: it stands (without those whom it cannot concern), or
    falls. ``relations`` are those to the head that only the family knows.
    """

    model_config = ConfigDict(extra="forbid")

    change_id: UUID
    decision: Literal["stands", "falls"]
    relations: Annotated[list[Relative], Field(max_length=LARGEST)] = []


class ChangeIn(BaseModel):
    """One change: its kind and reason, the day it took effect, on what ground; who came, or who left.

    ``household`` comes with a registration or a new entry; ``member`` (or ``person_id`` and ``relation`` of somebody
    who left another household) with somebody who joins; ``person_id`` with somebody who leaves; ``split``, ``merge``
    and ``division`` with a change of that kind. ``successor_id`` is the new head where the head leaves or hands over
    (``head_changed``), ``relations`` those of others who stay to the new head, where they do not follow from the old.
    ``departures`` name every member of a household that died out, ``members`` those who come back with one that has
    nobody left. ``cancels`` is the change that was wrong, ``later`` what becomes of each later change that the
    refusal has listed.
    """

    model_config = ConfigDict(extra="forbid")

    id: UUID
    kind: Kind
    household_id: UUID
    effective_on: date
    reason: Annotated[str, StringConstraints(max_length=40)]
    ground: Ground | None = None
    source: Source | None = None
    evidence: Evidence = []
    captured_at: AwareDatetime | None = None
    household: HouseholdIn | None = None
    member: MemberIn | None = None
    person_id: UUID | None = None
    relation: Code | None = None
    successor_id: UUID | None = None
    relations: Annotated[list[Relative], Field(max_length=LARGEST)] = []
    split: SplitIn | None = None
    merge: MergeIn | None = None
    division: Village | None = None
    departures: Annotated[list[Departure], Field(max_length=LARGEST)] = []
    members: Relatives | None = None
    cancels: UUID | None = None
    later: Annotated[list[LaterDecision], Field(max_length=LARGEST)] = []

    @property
    def concerns(self) -> set[UUID]:
        """The households that this change locks."""
        others = {self.split.id} if self.split else {self.merge.into_id} if self.merge else set()
        return {self.household_id, *others}


def followed(id: UUID, kind: Literal["exit", "redivided"], household_id: UUID, day: date, **more: str) -> ChangeIn:
    """What another decision makes of a household, in the form of a change: nobody can send one of these kinds."""
    values: Any = {"id": id, "kind": kind, "household_id": household_id, "effective_on": day, **more}
    return ChangeIn.model_construct(**values)


class ProposedRelation(BaseModel):
    """What somebody would be to a new head: one of ``options`` where it follows from the relations now, several (the
    likeliest first) or none where the family has to say it.
    """

    person_id: UUID
    name: str
    relation: str
    options: list[str]


class InWords(BaseModel):
    """What is of a kind and for a reason, each as a code and in words."""

    kind: str
    reason: str

    @computed_field  # type: ignore[prop-decorator]
    @property
    def kind_zh(self) -> str:
        """The kind in Chinese."""
        return KINDS[self.kind].zh

    @computed_field  # type: ignore[prop-decorator]
    @property
    def kind_en(self) -> str:
        """The kind in English."""
        return KINDS[self.kind].en

    @computed_field  # type: ignore[prop-decorator]
    @property
    def zh(self) -> str:
        """The reason in Chinese."""
        return named(self.reason)[0]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def en(self) -> str:
        """The reason in English."""
        return named(self.reason)[1]


class ChangeRow(InWords, Listed):
    """A change as recorded: ``households`` and ``persons`` are what it added to the register's numbers.

    A line that ``restates`` another corrects what that one added since the change ``because`` became known; with
    ``times`` -1 the other does not count any more. ``cancels`` is the change that a cancellation is about.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    household_id: UUID
    division: str
    version: int
    through: str
    effective_on: date
    households: int
    persons: int
    person_id: UUID | None
    ground: str | None
    source: str | None
    evidence: list[str]
    lineage: dict[str, object] | None
    recorded_at: datetime
    recorded_by: str
    times: int
    restates: UUID | None
    because: UUID | None
    cancels: UUID | None


class Asked(BaseModel):
    """A household that waits to be registered: the request has to be released by another person."""

    id: UUID
    request_id: UUID
    status: Literal["waiting"]


class ReleaseIn(BaseModel):
    """What a second person decides about a request."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    approve: bool
    reason: Text


class ChangeAnswer(Answer):
    """What became of one change; ``stays_ended`` is what it could not give back of what those ended."""

    stays_ended: list[StaysEnded]


class ChangeAnswers(BaseModel):
    """One answer per change, in the order of the request."""

    items: list[ChangeAnswer]


RequestStatus = Literal["waiting", "released", "refused"]


class RequestRow(InWords, Listed):
    """A household that somebody asked to enter, to take off or to bring back directly; ``id`` is that of the change.

    ``size`` is the number of its members, ``level`` the lowest that may decide, ``decision`` what was said about it.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    household_id: UUID
    effective_on: date
    level: str
    number: str
    size: int
    status: RequestStatus
    asked_by: str
    asked_on: date
    decided_by: str | None
    decided_on: date | None
    decision: str | None


class AskedMember(BaseModel):
    """A person of a household that waits to enter; the number is masked."""

    name: str
    relation: str
    sex: str | None
    born: date | None
    identity_number: str | None


class AskedHousehold(BaseModel):
    """A household that waits to enter."""

    number: str
    identified_on: date
    attribute: str
    main_cause: str
    other_causes: list[str]
    facts: dict[str, object]
    members: list[AskedMember]


class EarlierChange(InWords):
    """A change that a request is about, with its day; ``decision`` is what becomes of it where it does not fit."""

    change_id: UUID
    effective_on: date
    decision: Literal["stands", "falls"] | None = None


class RequestDetail(RequestRow):
    """A request with what it says; of one that is decided only what the list shows is kept. ``cancels`` is the change
    that it would take back, ``later`` those that it decides along with it.
    """

    cancels: EarlierChange | None = None
    later: list[EarlierChange] = []
    ground: str | None = None
    evidence: list[str] = []
    departures: list[Departure] = []
    household: AskedHousehold | None = None

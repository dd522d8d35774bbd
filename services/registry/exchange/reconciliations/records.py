"""Lists of the national system beside the register, and what differs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from uuid import UUID

from services.registry.exchange.comparison.schemas import HouseholdLine
from services.registry.exchange.layouts.records import Given
from services.registry.register.households.schemas import HouseholdIn
from shared.names.ids import uuid7
from shared.sheets.records import Position
from shared.words import Word, words

Covers = Literal["all", "registered"]
Kind = Literal["new", "gone", "removed", "moved", "head", "joined", "left", "household", "member"]
# What may be done: take the list's word, tell the national system ours, or ask the household.
Proposal = Literal["accept", "tell", "ask"]
State = Literal["open", "accepted", "waiting", "kept", "refused", "stale"]
# How a reconciliation stands as a whole.
Standing = Literal["comparing", "open", "done", "superseded", "failed", "forgotten"]
Listed = HouseholdIn | HouseholdLine
CONTENT = "reconciliation_household.content"  # what a household of the list is sealed as

_BY_KIND = frozenset({"new", "gone", "removed", "moved"})

KINDS: Mapping[str, Word] = words(
    new=("名单有此户，登记没有", "on the list, not registered"),
    gone=("登记有此户，名单没有", "registered, not on the list"),
    removed=("名单有此户，登记已剔除", "on the list, taken off the register"),
    moved=("所在村不同", "in another village"),
    head=("户主不同", "another head"),
    joined=("名单多一人", "a person more on the list"),
    left=("名单少一人", "a person less on the list"),
    household=("户信息不同", "facts of the household differ"),
    member=("人员信息不同", "facts of a member differ"),
)
STATES: Mapping[str, Word] = words(
    open=("待处理", "to be decided"),
    accepted=("已按名单办理", "done as the list says"),
    waiting=("已申请，待批准", "asked for, waits for another person"),
    kept=("以登记为准，须告知国家系统", "the register stands; the national system is to be told"),
    refused=("未能办理", "could not be done"),
    stale=("登记已变，无需处理", "the register has changed; nothing is to be done"),
)
PROPOSALS: Mapping[str, Word] = words(
    accept=("建议按名单办理", "take the list's word"),
    tell=("建议以登记为准", "keep ours and tell the national system"),
    ask=("须向农户核实", "ask the household"),
)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A list as it was sent: the place that it covers, its day, of each household that does not stand together (by
    number) where its parts begin.
    """

    id: UUID
    division: str
    covers: Covers
    given: Given
    as_of: date
    apart: Mapping[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stage:
    """How far a comparison is."""

    phase: Literal["start", "compare"] = "start"
    position: Position = field(default_factory=Position)

    def to_json(self) -> dict[str, object]:
        return {"phase": self.phase, "position": self.position.to_json()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that differs. ``person`` says who of the household it is about: by the id of the register where it
    knows them; ``said`` by the list and ``known`` by the register in words, neither of what is secret; ``reason`` is
    why the register would change, where that can be guessed.
    """

    id: UUID = field(default_factory=uuid7)
    number: str
    division: str
    household_id: UUID | None
    kind: Kind
    field: str = ""
    person: str = ""
    person_id: UUID | None = None
    name: str | None = None
    said: str = ""
    known: str = ""
    since: date | None = None
    zh: str
    en: str
    proposal: Proposal = "ask"
    reason: str | None = None
    why_zh: str | None = None
    why_en: str | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """What it is about, and what either side says: the same difference, whenever it is found."""
        return key_of(self)


def key_of(one: "Found | Difference") -> tuple[str, ...]:
    """What tells a difference from others. Villages may be called otherwise by now, a size be counted otherwise."""
    if one.kind in _BY_KIND:
        return one.kind, one.person
    return one.kind, one.field, one.person, one.said, one.known


@dataclass(frozen=True, slots=True)
class Kept:
    """A household that differs, as the list has it, sealed."""

    number: str
    division: str
    household_id: UUID | None
    listed_in: str | None
    silent: list[str]
    content: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference that somebody decides."""

    id: UUID
    division: str
    number: str
    household_id: UUID | None
    kind: Kind
    field: str
    person: str
    said: str
    known: str
    since: date | None
    reason: str | None
    state: State
    decided_by: str | None

    @property
    def key(self) -> tuple[str, ...]:
        """What it is about, and what either side says."""
        return key_of(self)


@dataclass(frozen=True, slots=True)
class Gone:
    """A household of the register that the list has not."""

    id: UUID
    division: str
    number: str
    status: str
    identified_on: date
    head: str | None
    with_village: bool  # the list has no household of the village


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody says of a difference: the list is right (why and since when the register changes), or ours is."""

    accept: bool
    ground: str
    reason: str | None
    effective_on: date | None


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a difference, and why it could not be done."""

    state: State
    refusal: tuple[str, str] | None = None
    change_id: UUID | None = None

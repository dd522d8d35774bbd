"""A change to the register as it passes between modules, and as ``apply_changes`` takes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID, uuid5

from typing_extensions import TypedDict

from services.registry.contracts import HouseholdState, MemberState
from services.registry.register.changes.replay import Effect
from services.registry.register.households.records import Household, Json, PersonRow

# What decided a change: two people of an office, a procedure, an event of another service, a division that changed.
Through = Literal["direct", "cases", "doubts", "lookbacks", "exits", "first_load", "redivision"]
# The kinds of change by which a household as a whole enters or leaves the register.
ENTERS = frozenset({"registration", "new_entry"})
ENTRANCES = ENTERS | {"removal", "restoration", "return"}
CANCELLATION = "cancellation"
# Under which name the line of a change keeps what it could not give back.
STAYS_ENDED = "stays_ended"
# What one person asks for and another releases.
BY_TWO = ENTRANCES | {CANCELLATION}


@dataclass(frozen=True, slots=True)
class Due:
    """A request that waits for a second person, and until when."""

    id: UUID
    division: str
    household_id: UUID
    reason: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Change:
    """One change to one household: what it is called, when it took effect, who recorded it in the field.

    ``departs`` are the members who leave, ``relates`` who of those who stay has which other relation to the head (the
    new head among them), ``joins`` a new person, ``arrives`` known
    persons with their relation; ``origin`` and ``destination`` the other households that it concerns. ``founds`` is
    the digest of a household that begins with it; ``more`` is shown in the household's history.
    """

    id: UUID
    kind: str
    reason: str
    effective_on: date
    verb: str
    ground: str | None = None
    source: str | None = None
    evidence: tuple[str, ...] = ()
    captured_at: str | None = None
    person_id: UUID | None = None
    departs: tuple[UUID, ...] = ()
    relates: tuple[tuple[UUID, str], ...] = ()
    joins: PersonRow | None = None
    arrives: tuple[tuple[UUID, str], ...] = ()
    origin: tuple[UUID, ...] = ()
    destination: tuple[UUID, ...] = ()
    founds: str | None = None
    more: Mapping[str, object] = field(default_factory=dict)
    cancels: UUID | None = None

    def effect(self, before: Household | None, now: Household) -> Effect:
        """What it does to a household, so that it can be done again."""
        arrives = dict(self.arrives)
        if self.joins:
            arrives[self.joins.id] = self.joins.relation
        moved = before is None or before.division != now.division
        return Effect(
            departs=frozenset(self.departs),
            arrives=arrives,
            relates=dict(self.relates),
            status=now.status if before is None or before.status != now.status else None,
            division=now.division if moved else None,
            leaves=before.division if before and moved else None,
            founds=before is None,
        )


def arrival_of(id: UUID) -> UUID:
    """The id of the line by which a household arrives in another village: the same for the same move."""
    return uuid5(id, "arrival")


def other_of(id: UUID) -> UUID:
    """The id of a change in the other household that it concerns: the same for the same change."""
    return uuid5(id, "other")


class Step(NamedTuple):
    """What one change does to one household; ``before`` is None where the household begins with it."""

    before: Household | None
    now: Household
    change: Change


class Known(NamedTuple):
    """Somebody who is registered, as a member to be; ``lives`` where a household counts them now; the day of their
    death, where they left by it.
    """

    member: MemberState
    lives: bool
    sex: str
    died_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A change as it is written: the household before (None: it begins here) and now, the difference, the event."""

    change: Change
    through: Through
    was: Household | None
    now: Household
    before: Json | None
    after: Json
    event_id: UUID
    event_type: str
    event: HouseholdState

    @property
    def household_id(self) -> UUID:
        return self.now.id

    @property
    def leaves_division(self) -> str | None:
        """Where a household that moves lived: the move is a change in both divisions."""
        return self.was.division if self.was and self.was.division != self.now.division else None

    @property
    def households(self) -> int:
        """What it adds to the number of registered households."""
        return (self.now.status == "registered") - bool(self.was and self.was.status == "registered")

    @property
    def persons(self) -> int:
        """What it adds to the number of registered persons."""
        return self.now.counted - (self.was.counted if self.was else 0)

    @property
    def effect(self) -> Json:
        """What it does to the household, as it is kept."""
        return self.change.effect(self.was, self.now).to_json()

    @property
    def lineage(self) -> Json | None:
        """The other households that it concerns."""
        change = self.change
        return {"from": change.origin, "to": change.destination} if change.origin or change.destination else None

    def to_json(self) -> Json:
        """As ``apply_changes`` takes it."""
        change, now = self.change, self.now
        return {
            "id": now.id,
            "change_id": change.id,
            "event_id": self.event_id,
            "division": now.division,
            "leaves_division": self.leaves_division,
            "arrival_id": arrival_of(change.id) if self.leaves_division else None,
            "number": now.number,
            "identified_on": now.identified_on,
            "version": now.version,
            "status": now.status,
            "size": now.size,
            "attribute": now.attribute,
            "main_cause": now.main_cause,
            "other_causes": now.other_causes,
            "facts": now.facts,
            "origins": now.origins,
            "kind": change.kind,
            "reason": change.reason,
            "through": self.through,
            "effective_on": change.effective_on,
            "households": self.households,
            "persons": self.persons,
            "counted": now.counted,
            "person_id": change.person_id,
            "ground": change.ground,
            "source": change.source,
            "evidence": change.evidence,
            "captured_at": change.captured_at,
            "departs": change.departs,
            "relates": {str(id): relation for id, relation in change.relates},
            "joins": change.joins.to_json() if change.joins else None,
            "arrives": [{"id": id, "relation": relation} for id, relation in change.arrives] or None,
            "lineage": self.lineage,
            "effect": self.effect,
            "founds": change.founds,
            "before": self.before,
            "after": self.after,
            "event_type": self.event_type,
            "event": self.event,
        }


@dataclass(frozen=True, slots=True)
class Undone:
    """Changes of a household that do not count any more, with where it lies and how it stands without them."""

    household_id: UUID
    changes: tuple[UUID, ...]
    division: str
    status: str


class StaysEnded(TypedDict):
    """What a change ended that does not count any more, and why it does not come back with it."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Done:
    """A change that is made, as far as the same one again has to say the same."""

    household_id: UUID
    kind: str
    reason: str
    effective_on: date


class Relation(NamedTuple):
    """A member of a household: where it is, who they are, how they are related to its head."""

    division: str
    person_id: UUID
    name: str
    relation: str
    sex: str | None


class Home(NamedTuple):
    """Where a registered household lives, its number and size."""

    division: str
    number: str
    size: int


@dataclass(frozen=True, slots=True)
class Direct:
    """A change that an office would decide by itself: where, why, and (an entrance) on which day."""

    id: UUID
    place: str
    reason: str
    day: date | None


class Judged(NamedTuple):
    """The lowest level that may decide a change directly, or what stands against it with its detail."""

    level: str | None
    refusal: str | None
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A change that waits for a second person: what the list shows, and the sealed content with its digest (hex)."""

    id: UUID
    division: str
    household_id: UUID
    kind: str
    reason: str
    effective_on: date
    number: str
    size: int
    content: str
    digest: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A locked request, as far as it is decided about."""

    id: UUID
    division: str
    household_id: UUID
    reason: str
    effective_on: date
    content: str | None
    digest: bytes
    status: str
    asked_by: str
    decided_by: str | None

"""The changes of some households done one after the other: also with one that became known late, or without one that
was wrong. Pure.

A change is kept as what it did (``Effect``). Done again on another state it does the same as far as it can; what
stands against that is a ``Conflict``: of it somebody decides whether the change stands without those whom it cannot
concern any more, or falls. What did not fit when it was recorded is no conflict of the new change: ``usual`` is the
replay without it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

from services.registry.register.changes.kinship import OTHER, Kin, relations
from services.registry.register.households.records import Status
from services.registry.register.households.rules import HEAD

Why = Literal["household", "status", "place", "facts", "head", "empty", "behind", "left", "lives", "relations"]
DEATH = "death"
_NEVER = "never"
_BECOMES: Mapping[str, frozenset[Status]] = {
    "restoration": frozenset({"removed"}),
    "return": frozenset({"exited"}),
    "exit": frozenset({"registered"}),
}
_LIVING: frozenset[Status] = frozenset({"registered", "exited"})
_Stands = Mapping[UUID, "Stand"]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change did to one household: who left, who came, who became what to the head, how it stands after it.

    ``leaves`` and ``division`` are the villages that it moved between; ``founds`` is a household that began with it.
    """

    departs: frozenset[UUID] = frozenset()
    arrives: Mapping[UUID, str] = field(default_factory=dict)
    relates: Mapping[UUID, str] = field(default_factory=dict)
    status: Status | None = None
    division: str | None = None
    leaves: str | None = None
    founds: bool = False

    def to_json(self) -> dict[str, object]:
        """As it is kept with its change: only what it says."""
        said = {
            "departs": sorted(self.departs),
            "arrives": dict(self.arrives),
            "relates": dict(self.relates),
            "status": self.status,
            "division": self.division,
            "leaves": self.leaves,
            "founds": self.founds,
        }
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A change with what it did to each household; ``person_id`` is whose facts a correction corrects."""

    id: UUID
    kind: str
    reason: str
    day: date
    effects: Mapping[UUID, Effect]
    recorded_by: str = ""
    person_id: UUID | None = None

    @property
    def corrects(self) -> bool:
        return self.kind == "correction"


@dataclass(frozen=True, slots=True)
class Stand:
    """How a household stands: where, whether it counts, and who lives in it with which relation to the head."""

    division: str
    status: Status
    relations: Mapping[UUID, str]

    @property
    def counted(self) -> int:
        return len(self.relations) if self.status == "registered" else 0

    @property
    def head(self) -> UUID | None:
        return next((id for id, relation in self.relations.items() if relation == HEAD), None)


class Turn(NamedTuple):
    """A change as it was done to one household; ``falls`` where it was not, though the household began with it."""

    event: Event
    household_id: UUID
    before: Stand | None
    after: Stand
    falls: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """What stands against a later change, of whom; ``open`` are relations that the family has to say if it stands."""

    event: Event
    why: Why
    people: tuple[UUID, ...] = ()
    may_stand: bool = False
    open: Mapping[UUID, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody decided of a later change, with the relations that only the family knows."""

    stands: bool
    relations: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(slots=True)
class Played:
    """What came of a replay: each turn, how the households stand after the last, and what stood against it."""

    stands: dict[UUID, Stand]
    turns: list[Turn] = field(default_factory=list)
    conflicts: dict[UUID, Conflict] = field(default_factory=dict)
    fell: set[UUID] = field(default_factory=set)
    dead: set[UUID] = field(default_factory=set)

    def after(self, event: UUID, household: UUID) -> Stand | None:
        """How a household stood after a change."""
        found = (turn.after for turn in self.turns if turn.event.id == event and turn.household_id == household)
        return next(found, None)


Numbers = dict[tuple[UUID, UUID, str], tuple[int, int, int]]


def replay(
    start: _Stands,
    events: Iterable[Event],
    sexes: Mapping[UUID, str],
    *,
    usual: Played | None = None,
    said: Mapping[UUID, Said] | None = None,
    fresh: UUID | None = None,
) -> Played:
    """Do changes in their order. ``fresh`` is judged already; of the others ``said`` is what somebody decided."""
    played = Played(dict(start))
    for event in events:
        done = _done(played, event, sexes, None if event.id == fresh else usual, (said or {}).get(event.id))
        conflict = done.conflict
        known = usual.conflicts.get(event.id) if usual else None
        if conflict and known and (known.why, known.people) == (conflict.why, conflict.people):
            played.conflicts[event.id] = known
            conflict = None
        if conflict and event.id != fresh:
            played.conflicts[event.id] = conflict
            decided = (said or {}).get(event.id)
            if usual and not (conflict.may_stand and (decided is None or decided.stands)):
                _fall(played, event)
                continue
        _take(played, event, done)
    return played


def new_conflicts(played: Played, usual: Played) -> list[Conflict]:
    """What the replay lists and the usual one does not."""
    return [one for id, one in played.conflicts.items() if usual.conflicts.get(id) is not one]


def unanswered(conflicts: Sequence[Conflict], said: Mapping[UUID, Said], asked: Sequence[Conflict]) -> bool:
    """Whether somebody has to decide: a conflict without a fitting answer, or an answer that nothing asked for.

    A change that stands may need no answer any more, once another one is answered.
    """
    listed = {one.event.id: one for one in conflicts}
    settled = {one.event.id for one in asked if (answer := said.get(one.event.id)) and answer.stands}
    if listed.keys() - said.keys() or said.keys() - listed.keys() - settled:
        return True
    return any(said[id].stands and not _fits(one, said[id]) for id, one in listed.items())


def numbers(turns: Iterable[Turn]) -> Numbers:
    """What each change adds to each division, by household: households, persons, and how often it counts."""
    found: Numbers = {}

    def add(turn: Turn, division: str, households: int, persons: int) -> None:
        found[turn.event.id, turn.household_id, division] = (households, persons, 0 if turn.falls else 1)

    for turn in turns:
        before, after = turn.before, turn.after
        if before and before.division != after.division:
            add(turn, before.division, -(before.counted > 0), -before.counted)
            add(turn, after.division, int(after.counted > 0), after.counted)
            continue
        households = (after.status == "registered") - bool(before and before.status == "registered")
        add(turn, after.division, households, after.counted - (before.counted if before else 0))
    return found


class _Done(NamedTuple):
    after: dict[UUID, Stand]
    conflict: Conflict | None


def _fits(conflict: Conflict, said: Said) -> bool:
    if not conflict.may_stand:
        return False
    return all(
        said.relations.get(id) and (not options or said.relations[id] in options)
        for id, options in conflict.open.items()
    )


def _take(played: Played, event: Event, done: _Done) -> None:
    for id, after in done.after.items():
        played.turns.append(Turn(event, id, played.stands.get(id), after, falls=event.kind == _NEVER))
    played.stands |= done.after
    if event.reason == DEATH:
        played.dead |= {id for effect in event.effects.values() for id in effect.departs}


def _fall(played: Played, event: Event) -> None:
    """A household that would have begun with it was never there: it counts nowhere."""
    played.fell.add(event.id)
    for id, effect in event.effects.items():
        if effect.founds and effect.division:
            nowhere = Stand(effect.division, "removed", {})
            played.turns.append(Turn(event, id, None, nowhere, falls=True))
            played.stands[id] = nowhere


def fallen(event: Event) -> Event:
    """A change that is cancelled, as far as a household began with it."""
    founded = {id: Effect(division=one.division, founds=True, status="removed") for id, one in event.effects.items()}
    never = {id: founded[id] for id, one in event.effects.items() if one.founds}
    return replace(event, kind=_NEVER, reason=_NEVER, effects=never)


def _done(played: Played, event: Event, sexes: Mapping[UUID, str], usual: Played | None, said: Said | None) -> _Done:
    if event.corrects:
        return _corrected(played, event)
    against: list[Conflict] = []
    after: dict[UUID, Stand] = {}
    settled: dict[UUID, dict[UUID, str]] = {}
    open_ones: dict[UUID, tuple[str, ...]] = {}
    for id, effect in event.effects.items():
        stand = played.stands.get(id)
        if effect.founds and effect.division:
            stand = Stand(effect.division, effect.status or "registered", {})
        elif stand is None:
            return _Done({}, Conflict(event, "household"))
        against += _stands_against(event, effect, stand)
        usually = usual.after(event.id, id) if usual else None
        settled[id] = _stay(event, effect, stand, usually, sexes, said, open_ones, judged=usual is not None)
        if gone := tuple(sorted(effect.departs - stand.relations.keys())):
            against.append(Conflict(event, "left", gone, may_stand=len(gone) < len(effect.departs)))
    here = {person for id, members in settled.items() for person in members}
    elsewhere = {p for id, one in played.stands.items() if id not in settled for p in one.relations}
    for id, effect in event.effects.items():
        barred = tuple(sorted(p for p in effect.arrives if p in here or p in elsewhere or p in played.dead))
        if barred:
            heads = any(effect.arrives[p] == HEAD for p in barred)
            against.append(
                Conflict(event, "lives", barred, may_stand=len(barred) < len(effect.arrives) and not heads)
            )
        usually = usual.after(event.id, id) if usual and not effect.founds else None
        coming = {p: relation for p, relation in effect.arrives.items() if p not in barred}
        settled[id] |= _come(coming, settled[id], usually, sexes, said, open_ones)
    for id, effect in event.effects.items():
        stand = played.stands.get(id)
        status = effect.status or (stand.status if stand else "registered")
        division = effect.division or (stand.division if stand else "")
        after[id] = Stand(division, status, settled[id])
        against += _unfit(event, effect, after[id])
    if open_ones:
        against.append(Conflict(event, "relations", tuple(sorted(open_ones)), may_stand=True))
    return _Done(after, _worst(against, open_ones))


def _corrected(played: Played, event: Event) -> _Done:
    [(id, effect)] = event.effects.items()
    stand = played.stands.get(id)
    if stand is None:
        return _Done({}, Conflict(event, "household"))
    if event.person_id and event.person_id not in stand.relations:
        return _Done({}, Conflict(event, "facts", (event.person_id,)))
    if not effect.relates:
        return _Done({}, None)
    return _Done({id: replace(stand, relations={**stand.relations, **effect.relates})}, None)


def _stands_against(event: Event, effect: Effect, stand: Stand) -> list[Conflict]:
    if effect.founds:
        return []
    if event.kind == "redivided":
        return [] if stand.division == effect.leaves else [Conflict(event, "place")]
    found = [] if stand.status in _BECOMES.get(event.kind, _LIVING) else [Conflict(event, "status")]
    if effect.division == stand.division:
        found.append(Conflict(event, "place"))
    heir = next((id for id, relation in effect.relates.items() if relation == HEAD), None)
    if heir and heir not in stand.relations:
        found.append(Conflict(event, "head", (heir,)))
    return found


def _stay(
    event: Event,
    effect: Effect,
    stand: Stand,
    usually: Stand | None,
    sexes: Mapping[UUID, str],
    said: Said | None,
    open_ones: dict[UUID, tuple[str, ...]],
    *,
    judged: bool,
) -> dict[UUID, str]:
    """Who stays, under a new head where there is one: related as usual, or as it follows, or as the family says."""
    staying = {id: relation for id, relation in stand.relations.items() if id not in effect.departs}
    heir = next((id for id, relation in effect.relates.items() if relation == HEAD), None)
    if heir is None or heir not in staying:
        return staying | {id: relation for id, relation in effect.relates.items() if id in staying}
    head = stand.head
    for id, relation in staying.items():
        if usually and id in usually.relations:
            staying[id] = usually.relations[id]
        elif id in effect.relates:
            staying[id] = effect.relates[id]
        elif judged and usually and head:
            kin = [Kin(stand.relations[one], sexes.get(one)) for one in (head, heir)]
            options = relations(kin[0], kin[1], Kin(relation, sexes.get(id)))
            staying[id] = _related(id, options, said, open_ones)
    return staying


def _come(
    coming: Mapping[UUID, str],
    here: Mapping[UUID, str],
    usually: Stand | None,
    sexes: Mapping[UUID, str],
    said: Said | None,
    open_ones: dict[UUID, tuple[str, ...]],
) -> dict[UUID, str]:
    """Newcomers with their relation to the head, who may be another than the one they were recorded under."""
    head = next((id for id, relation in here.items() if relation == HEAD), None)
    if usually is None or head is None or usually.head is None or usually.head == head:
        return dict(coming)
    then = usually.relations.get(head)
    found: dict[UUID, str] = {}
    for id, relation in coming.items():
        options: tuple[str, ...] = ()
        if then:
            kin = Kin(HEAD, sexes.get(usually.head)), Kin(then, sexes.get(head)), Kin(relation, sexes.get(id))
            options = relations(*kin)
        found[id] = _related(id, options, said, open_ones)
    return found


def _related(id: UUID, options: tuple[str, ...], said: Said | None, open_ones: dict[UUID, tuple[str, ...]]) -> str:
    if len(options) == 1:
        return options[0]
    open_ones[id] = options
    return (said and said.relations.get(id)) or OTHER


def _unfit(event: Event, effect: Effect, after: Stand) -> list[Conflict]:
    heads = sum(relation == HEAD for relation in after.relations.values())
    if after.status == "removed":
        left_behind = effect.departs and effect.status == "removed" and after.relations
        return [Conflict(event, "behind", tuple(sorted(after.relations)))] if left_behind else []
    if not after.relations:
        return [Conflict(event, "empty")]
    return [] if heads == 1 else [Conflict(event, "head")]


def _worst(against: Sequence[Conflict], open_ones: Mapping[UUID, tuple[str, ...]]) -> Conflict | None:
    """One conflict of a change: the first that lets it fall only, or all of whom it may stand without."""
    if not against:
        return None
    if hard := next((one for one in against if not one.may_stand), None):
        return hard
    people = tuple(sorted({person for one in against for person in one.people}))
    return replace(against[0], people=people, open=open_ones)

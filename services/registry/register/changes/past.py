"""What is known of some households from a day on: their changes, and what is believed stretch by stretch."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.contracts import MemberState
from services.registry.register.changes import stretches
from services.registry.register.changes.records import CANCELLATION, ENTERS, Known, arrival_of, other_of
from services.registry.register.changes.replay import Effect, Event, Numbers, Stand, fallen
from services.registry.register.changes.stretches import State, Stay
from services.registry.register.households.records import Facts, Household
from services.registry.register.households.rules import HEAD
from shared.database.rows import typed

_EFFECT = TypeAdapter(Effect)
# The households that a change of a day may concern: those named, and wherever their people lived from that day on.
_REACH = text("""
    WITH RECURSIVE reach(household_id) AS (
        SELECT household_id FROM (
            SELECT unnest(CAST(:ids AS uuid[])) AS household_id
            UNION SELECT m.household_id FROM membership_believed m
                WHERE m.person_id = ANY(:people) AND (m.left_on IS NULL OR m.left_on >= :day)
            UNION SELECT c.household_id FROM change c WHERE c.because = :because
        ) AS named
        UNION
        SELECT other.household_id FROM reach r
        JOIN membership_believed m ON m.household_id = r.household_id AND (m.left_on IS NULL OR m.left_on >= :day)
        JOIN membership_believed other ON other.person_id = m.person_id
            AND (other.left_on IS NULL OR other.left_on >= :day)
    )
    SELECT household_id FROM reach
""")
# A registration, with what restates it, is of the day on which it counts by now (``begin_household``).
_LINES = text("""
    SELECT c.id, household_id, division, version, kind, reason, through, counts.day AS effective_on, households,
        persons, times, restates, because, person_id, effect, recorded_by
    FROM change c CROSS JOIN LATERAL (SELECT CASE WHEN c.kind = 'registration' THEN (
        SELECT r.effective_on FROM change r WHERE r.restates = coalesce(c.restates, c.id) AND r.times = 1
        ORDER BY r.sequence DESC LIMIT 1) END AS moved) AS again
    CROSS JOIN LATERAL (SELECT coalesce(again.moved, c.effective_on) AS day) AS counts
    WHERE household_id = ANY(:ids) AND counts.day >= :day ORDER BY counts.day, sequence
""")
_FOUNDED = text("""
    SELECT household_id, person_id, relation FROM membership WHERE household_id = ANY(:ids) AND version = 1
""")
_STATES = text("""
    SELECT household_id, division, status, size, attribute, main_cause, other_causes, facts, origins, effective_from,
        effective_to
    FROM household_state_believed WHERE household_id = ANY(:ids) ORDER BY effective_from
""")
_STAYS = text("""
    SELECT household_id, person_id, division, relation, facts, origins, joined_on, left_on FROM membership_believed
    WHERE household_id = ANY(:ids) AND (left_on IS NULL OR left_on > joined_on) ORDER BY joined_on
""")
_PEOPLE = text("SELECT id, sex, born FROM person WHERE id = ANY(:ids)")
_LAST = text("""
    SELECT DISTINCT ON (person_id) person_id, facts FROM membership WHERE person_id = ANY(:ids)
    ORDER BY person_id, superseded_at IS NOT NULL, joined_on DESC, recorded_at DESC
""")
_LATEST = text("SELECT household_id, max(effective_on) FROM change WHERE household_id = ANY(:ids) GROUP BY 1")
_LATEST_OF_PEOPLE = text("""
    SELECT person_id, max(greatest(joined_on, left_on)) FROM membership_believed WHERE person_id = ANY(:ids)
    GROUP BY 1
""")
_CHANGE = text("""
    SELECT id, household_id, kind, reason, through, effective_on FROM change
    WHERE id = :id AND restates IS NULL
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the list of changes, as far as a replay and what follows from it need it."""

    id: UUID
    household_id: UUID
    division: str
    version: int
    kind: str
    reason: str
    through: str
    effective_on: date
    households: int
    persons: int
    times: int
    restates: UUID | None
    because: UUID | None
    person_id: UUID | None
    effect: Mapping[str, object] | None
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Made:
    """A change that somebody wants to cancel."""

    id: UUID
    household_id: UUID
    kind: str
    reason: str
    through: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class Who:
    """A person, as far as rules need them."""

    sex: str
    born: date


@dataclass(frozen=True, slots=True)
class Past:
    """Some households from a day on: as they stood the day before, and everything that was recorded since."""

    day: date
    start: Mapping[UUID, Stand]
    events: Sequence[Event]
    # Those that do not count any more, with what made them so.
    cancelled: Mapping[UUID, UUID]
    lines: Mapping[UUID, Line]
    of_line: Mapping[UUID, UUID]
    counted: Numbers
    states: Mapping[UUID, Sequence[State]]
    stays: Mapping[UUID, Sequence[Stay]]
    people: Mapping[UUID, Who]
    every: Sequence[Event] = field(default_factory=tuple)

    @property
    def sexes(self) -> dict[UUID, str]:
        return {id: who.sex for id, who in self.people.items()}

    def first(self, id: UUID) -> date | None:
        """The first day of which anything is known of a household."""
        return min((one.effective_from for one in self.states.get(id, ())), default=None)

    def lives(self, stands: Mapping[UUID, Stand]) -> dict[UUID, Known]:
        """Everybody known, as a member to be; whether they live somewhere as these households stand."""
        at_home = {person for stand in stands.values() for person in stand.relations}
        return {
            id: Known(MemberState(id=id, relation="", born=who.born, labour=self._labour(id)), id in at_home, who.sex)
            for id, who in self.people.items()
        }

    def _labour(self, person: UUID) -> str | None:
        mine = [one for stays in self.stays.values() for one in stays if one.person_id == person]
        labour = max(mine, key=lambda one: one.joined_on).facts.get("labour") if mine else None
        return str(labour) if labour else None

    def household(self, now: Household, stand: Stand, day: date) -> Household:
        """A household as it stood on a day, in the version that it has now."""
        said = stretches.near(self.states[now.id], day)
        assert said is not None
        return replace(
            now,
            division=stand.division,
            status=stand.status,
            attribute=said.attribute,
            main_cause=said.main_cause,
            other_causes=tuple(said.other_causes),
            facts=said.facts,
            origins=said.origins,
            members=self.members(now.id, stand, day),
        )

    def members(self, id: UUID, stand: Stand, day: date) -> tuple[MemberState, ...]:
        """Who lives in a household as it stands, the head first."""
        found = []
        for person, relation in stand.relations.items():
            mine = [one for one in self.stays.get(id, ()) if one.person_id == person]
            said = stretches.near(mine, day)
            labour = said.facts.get("labour") if said else self._labour(person)
            who = self.people.get(person)
            found.append(
                MemberState(
                    id=person,
                    relation=relation,
                    born=who.born if who else date.min,
                    labour=str(labour) if labour else None,
                )
            )
        return tuple(sorted(found, key=lambda one: (one.relation != HEAD, one.born, one.id)))


async def reach(
    session: AsyncSession, ids: Collection[UUID], people: Collection[UUID], day: date, because: UUID | None = None
) -> set[UUID]:
    """The households that a change of a day may concern."""
    bound = {"ids": list(ids), "people": list(people), "day": day, "because": because}
    return set((await session.execute(_REACH, bound)).scalars())


async def latest(
    session: AsyncSession, ids: Collection[UUID], people: Collection[UUID]
) -> tuple[dict[UUID, date], dict[UUID, date]]:
    """The last day of any change of some households, and of any coming or going of some persons."""
    days = await session.execute(_LATEST, {"ids": list(ids)})
    of_people = await session.execute(_LATEST_OF_PEOPLE, {"ids": list(people)}) if people else ()
    return {row[0]: row[1] for row in days}, {row[0]: row[1] for row in of_people}


async def change(session: AsyncSession, id: UUID) -> Made | None:
    """A change within sight."""
    row = (await session.execute(_CHANGE, {"id": id})).one_or_none()
    return Made(*row) if row else None


async def last_facts(session: AsyncSession, people: Collection[UUID]) -> dict[UUID, Facts]:
    """What was last known of some persons, wherever they lived."""
    rows = await session.execute(_LAST, {"ids": list(people)})
    return {row.person_id: row.facts for row in rows}


async def load(session: AsyncSession, ids: Iterable[UUID], people: Collection[UUID], day: date) -> Past:
    """What is known of some locked households from a day on, and of some persons."""
    bound = {"ids": sorted(ids), "day": day}
    lines = {one.id: one for one in typed(Line, await session.execute(_LINES, bound))}
    founded: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    for row in await session.execute(_FOUNDED, bound):
        founded[row.household_id][row.person_id] = row.relation
    states: dict[UUID, list[State]] = defaultdict(list)
    for state in typed(State, await session.execute(_STATES, bound)):
        states[state.household_id].append(state)
    stays: dict[UUID, list[Stay]] = defaultdict(list)
    for stay in typed(Stay, await session.execute(_STAYS, bound)):
        stays[stay.household_id].append(stay)
    lived = {one.person_id for some in stays.values() for one in some}
    known = {person for line in lines.values() for person in _named(line)} | lived | set(people)
    rows = await session.execute(_PEOPLE, {"ids": sorted(known)})
    of_line = _events_of(lines)
    counted, cancelled = _counted(lines, of_line)
    every = _events(lines, of_line, founded, stays)
    every = _as_believed(every, cancelled.keys(), stays)
    return Past(
        day=day,
        start=_start(states, stays, day - timedelta(days=1)),
        events=[fallen(one) if one.id in cancelled else one for one in every],
        cancelled=cancelled,
        lines=lines,
        of_line=of_line,
        counted=counted,
        states=states,
        stays=stays,
        people={row.id: Who(row.sex, row.born) for row in rows},
        every=every,
    )


def _named(line: Line) -> set[UUID]:
    effect = _EFFECT.validate_python(line.effect or {})
    return {*effect.departs, *effect.arrives, *effect.relates}


def _start(
    states: Mapping[UUID, Sequence[State]], stays: Mapping[UUID, Sequence[Stay]], day: date
) -> dict[UUID, Stand]:
    found = {}
    for id, rows in states.items():
        if state := stretches.on(rows, day):
            here = [one for one in stays.get(id, ()) if stretches.on([one], day)]
            relations = {one.person_id: one.relation for one in here}
            found[id] = Stand(state.division, state.status, relations)
    return found


def _events_of(lines: Mapping[UUID, Line]) -> dict[UUID, UUID]:
    """Which change each line is of: one of two households, or villages, has several."""
    changes = [id for id, one in lines.items() if one.restates is None]
    whole = {other_of(id): id for id in changes} | {arrival_of(id): id for id in changes}
    return {id: whole.get(id, id) for id in changes}


def _counted(lines: Mapping[UUID, Line], of_line: Mapping[UUID, UUID]) -> tuple[Numbers, dict[UUID, UUID]]:
    """What each change adds by now, and which do not count any more."""
    counted: Numbers = {}
    times: dict[UUID, int] = defaultdict(int)
    because: dict[UUID, UUID] = {}
    for id, one in lines.items():
        event = of_line.get(one.restates or id)
        if event is None:
            continue
        key = event, one.household_id, one.division
        before = counted.get(key, (0, 0, 0))
        counted[key] = (before[0] + one.households, before[1] + one.persons, before[2] + one.times)
        times[event] += one.times
        if one.times < 0 and one.because:
            because[event] = one.because
    return counted, {event: because[event] for event, count in times.items() if count <= 0 and event in because}


def _events(
    lines: Mapping[UUID, Line],
    of_line: Mapping[UUID, UUID],
    founded: Mapping[UUID, Mapping[UUID, str]],
    stays: Mapping[UUID, Sequence[Stay]],
) -> list[Event]:
    """The changes in their order: of a day as they were recorded."""
    found: dict[UUID, Event] = {}
    for id, one in lines.items():
        if one.restates is not None or one.kind == CANCELLATION or id == arrival_of(of_line[id]):
            continue
        effect = _EFFECT.validate_python(one.effect or {})
        if one.kind in ENTERS:
            effect = Effect(
                arrives=founded[one.household_id], status="registered", division=one.division, founds=True
            )
        if one.kind == "correction":
            effect = Effect(relates=effect.relates or _relates(one, stays.get(one.household_id, ())))
        event = Event(
            id=of_line[id],
            kind=one.kind,
            reason=one.reason,
            day=one.effective_on,
            effects={one.household_id: effect},
            recorded_by=one.recorded_by,
            person_id=one.person_id,
        )
        known = found.get(event.id)
        found[event.id] = replace(known, effects={**known.effects, **event.effects}) if known else event
    return list(found.values())


def _as_believed(
    events: Sequence[Event], cancelled: AbstractSet[UUID], stays: Mapping[UUID, Sequence[Stay]]
) -> list[Event]:
    """The changes that count, each with the relations that are believed by now of who came with it, or stayed under a
    new head: an earlier change that was told later may have made others of those that were recorded.
    """
    last = {(id, event.day): event.id for event in events for id in event.effects}
    found = []
    for event in events:
        effects = dict(event.effects)
        for id, effect in event.effects.items():
            if event.corrects or event.id in cancelled or last[id, event.day] != event.id:
                continue
            here = {one.person_id: one.relation for one in stays.get(id, ()) if stretches.on([one], event.day)}
            heir = next((person for person, relation in effect.relates.items() if relation == HEAD), None)
            arrives = {person: here.get(person, relation) for person, relation in effect.arrives.items()}
            relates = {person: here.get(person, relation) for person, relation in effect.relates.items()}
            if heir and here.get(heir) == HEAD:
                relates = {person: relation for person, relation in here.items() if person not in arrives}
            effects[id] = replace(effect, arrives=arrives, relates=relates)
        found.append(replace(event, effects=effects))
    return found


def _relates(line: Line, stays: Sequence[Stay]) -> dict[UUID, str]:
    """A relation that a correction has set."""
    mine = [one for one in stays if one.person_id == line.person_id]
    now, before = (stretches.on(mine, line.effective_on - timedelta(days=days)) for days in (0, 1))
    if now is None or before is None or now.relation == before.relation or HEAD in (now.relation, before.relation):
        return {}
    return {now.person_id: now.relation}

"""A change of an earlier day, recorded after others; and one that was wrong, taken back.

Both are one thing: the changes of the households that it may concern are done again (``replay``), with it or without
it. What does not fit any more is listed and decided in the same step; what is believed of later days is rewritten,
and what later changes add to the register's numbers gets lines of its own.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.contracts import HOUSEHOLD
from services.registry.register.changes import conflicts, consequences, lineage, past, rules, stretches
from services.registry.register.changes.apply import applied, note
from services.registry.register.changes.past import Past
from services.registry.register.changes.records import (
    CANCELLATION,
    STAYS_ENDED,
    Applied,
    Change,
    StaysEnded,
    Step,
    Through,
    Undone,
    arrival_of,
)
from services.registry.register.changes.replay import Event, Numbers, Played, Said, fallen, numbers, replay
from services.registry.register.changes.schemas import ChangeIn
from services.registry.register.changes.stretches import State, Stay
from services.registry.register.households import queries as households
from services.registry.register.households.records import Facts, Household, Json, PersonRow, state_of
from shared.database.session import caller_of, raw
from shared.households.queries import NoSuchHousehold
from shared.names.ids import uuid7

_REWRITE = "SELECT rewrite_households($1::jsonb, $2)"
CANCELLABLE = frozenset(
    {"member_added", "member_left", "split", "merge", "move", "head_changed", "removal", "restoration", "return"}
)


@dataclass(frozen=True, slots=True)
class _Again:
    """The changes as they were known, and as they are with what is new: as somebody decided, and before that
    (``asked``).
    """

    past: Past
    locked: Mapping[UUID, Household]
    usual: Played
    now: Played
    asked: Played
    steps: Sequence[Step]
    through: Through


async def change(
    session: AsyncSession,
    item: ChangeIn,
    people: Collection[UUID],
    joins: PersonRow | None,
    through: Through,
    today: date,
    *,
    write: bool,
) -> None:
    """Make a change of a day before others, or cancel one. Raises what stands against it, conflicts among it."""
    again = await (
        _cancelled(session, item, through)
        if item.kind == CANCELLATION
        else _late(session, item, people, joins, through, today)
    )
    conflicts.check(again.now, again.usual, _said(item), again.asked)
    if write:
        await _write(session, again, item)


async def _late(
    session: AsyncSession,
    item: ChangeIn,
    people: Collection[UUID],
    joins: PersonRow | None,
    through: Through,
    today: date,
) -> _Again:
    day = item.effective_on
    ids = await past.reach(session, item.concerns, people, day)
    locked = await _locked(session, item, ids)
    known = await past.load(session, locked, people, day)
    for id in item.concerns & locked.keys():
        if (first := known.first(id)) is None or day < first:
            raise rules.BeforeRegistered(
                field="effective_on", rule="registered by then", since=first or locked[id].since
            )
    until = [event for event in known.events if event.day <= day]
    since = [event for event in known.events if event.day > day]
    stands = replay(known.start, until, known.sexes).stands
    then = {id: known.household(locked[id], stand, day) for id, stand in stands.items()}
    steps = [
        step._replace(change=replace(step.change, joins=joins if item.member else None))
        for step in lineage.steps(then, item, known.lives(stands), today)
    ]
    effects = {step.now.id: step.change.effect(step.before, step.now) for step in steps}
    fresh = Event(id=item.id, kind=item.kind, reason=item.reason, day=day, effects=effects)
    usual = replay(known.start, known.events, known.sexes)
    sexes = known.sexes | ({joins.id: joins.sex} if joins and joins.sex else {})
    again = [*until, fresh, *since]
    asked = replay(known.start, again, sexes, usual=usual, fresh=item.id)
    now = replay(known.start, again, sexes, usual=usual, said=_said(item), fresh=item.id)
    return _Again(known, locked, usual, now, asked, steps, through)


async def _cancelled(session: AsyncSession, item: ChangeIn, through: Through) -> _Again:
    if item.cancels is None:
        raise rules.PartMissing(field="cancels", rule=CANCELLATION)
    made = await past.change(session, item.cancels)
    if made is None or made.household_id != item.household_id:
        raise conflicts.NoSuchChange(field="cancels")
    if made.kind not in CANCELLABLE or made.through != "direct":
        raise conflicts.NotCancellable(field="cancels", rule="recorded by an office")
    if item.effective_on != made.effective_on:
        raise conflicts.CancelDayDiffers(field="effective_on", rule="the day of the change", day=made.effective_on)
    ids = await past.reach(session, [made.household_id], [], made.effective_on, because=made.id)
    locked = await _locked(session, item, ids)
    known = await past.load(session, locked, [], made.effective_on)
    id = known.of_line[made.id]
    if id in known.cancelled:
        raise conflicts.AlreadyCancelled(field="cancels", rule="once")
    usual = replay(known.start, known.events, known.sexes)
    without = [_without(known, one, shown, id) for one, shown in zip(known.every, known.events, strict=True)]
    asked = replay(known.start, without, known.sexes, usual=usual)
    now = replay(known.start, without, known.sexes, usual=usual, said=_said(item))
    before = locked[made.household_id]
    change = replace(rules.made(item), cancels=made.id, more={"cancelled": made.kind})
    return _Again(known, locked, usual, now, asked, [Step(before, before, change)], through)


def _without(known: Past, event: Event, shown: Event, cancelled: UUID) -> Event:
    """A change without the one that is cancelled: what fell with that one is back."""
    if event.id == cancelled:
        return fallen(event)
    return event if known.cancelled.get(event.id) == cancelled else shown


async def _locked(session: AsyncSession, item: ChangeIn, ids: set[UUID]) -> dict[UUID, Household]:
    locked = await households.lock(session, ids)
    if item.household_id not in locked:
        raise NoSuchHousehold(field="household_id")
    if ids - locked.keys() - item.concerns:
        raise conflicts.ReachesElsewhere(field="effective_on", rule="within the division")
    return locked


def _said(item: ChangeIn) -> dict[UUID, Said]:
    return {
        one.change_id: Said(one.decision == "stands", {two.person_id: two.relation for two in one.relations})
        for one in item.later
    }


async def _write(session: AsyncSession, again: _Again, item: ChangeIn) -> None:
    """Rewrite what is believed, with the lines of what is new, and let what follows from it follow."""
    by_household = {step.now.id: step for step in again.steps}
    added = numbers(again.now.turns)
    lines = _restated(again, added, item)
    stays = await consequences.give_back(session, _undone(again, item))
    people = {person for turn in again.now.turns for person in turn.after.relations}
    last = await past.last_facts(session, people)
    taken = await households.taken(session, [f"number:{rules.plain(one.number)}" for one in again.locked.values()])
    rows: list[Json] = []
    written: list[Applied] = []
    for id in sorted({*again.now.stands, *by_household}):
        row = _row(again, id, by_household.get(id), last)
        if row is None and id not in by_household and id not in lines:
            continue
        one, changed = _applied(again, id, by_household.get(id), item, taken)
        own = _own_lines(one, added, item, stays) if id in by_household else []
        written.append(one)
        rows.append(one.to_json() | (row or {}) | {"lines": [*own, *lines.get(id, ())], "version": changed.version})
    for one in written:
        note(session, one)
    await (await raw(session)).execute(_REWRITE, to_json(rows).decode(), caller_of(session).subject)
    await consequences.follow(session, written)


def _undone(again: _Again, item: ChangeIn) -> list[Undone]:
    """By household, the changes that counted and do not any more: the one that is cancelled, and those that fall."""
    known = again.past
    events = again.now.fell | {event for line, event in known.of_line.items() if line == item.cancels}
    found: dict[UUID, list[UUID]] = {}
    for id, line in known.lines.items():
        if line.restates is None and known.of_line[id] in events - known.cancelled.keys():
            found.setdefault(line.household_id, []).append(id)
    return [
        Undone(id, tuple(lines), again.now.stands[id].division, again.now.stands[id].status)
        for id, lines in found.items()
        if id in again.now.stands
    ]


def _row(again: _Again, id: UUID, step: Step | None, last: Mapping[UUID, Facts]) -> Json | None:
    """The stretches of a household that are believed instead of others; None where nothing is."""
    known, day = again.past, again.past.day
    turns = [turn for turn in again.now.turns if turn.household_id == id]
    version = again.locked[id].version + 1 if id in again.locked else 1
    old = known.states.get(id) or ([_begins(step.now, day)] if step else [])
    start = known.start.get(id)
    facts = {person: (said, dict.fromkeys(said, version)) for person, said in last.items()}
    if step and step.change.joins:
        joins = step.change.joins
        facts[joins.id] = (joins.facts, dict.fromkeys(joins.facts, version))
    states = stretches.states(start, turns, old, day)
    stays = stretches.stays(id, start, turns, known.stays.get(id, ()), day, facts)
    kept, lived = stretches.reaching(known.states.get(id, ()), day), stretches.reaching(known.stays.get(id, ()), day)
    if states == kept and _same(stays, lived):
        return None
    return {
        "states": [one for one in states if one not in kept],
        "states_gone": [one.effective_from for one in kept if one not in states],
        "memberships": [one for one in stays if one not in lived],
        "memberships_gone": [
            {"person_id": one.person_id, "joined_on": one.joined_on} for one in lived if one not in stays
        ],
    }


def _same(some: Sequence[Stay], others: Sequence[Stay]) -> bool:
    return len(some) == len(others) and all(one in others for one in some)


def _begins(household: Household, day: date) -> State:
    return State(
        household_id=household.id,
        division=household.division,
        status=household.status,
        size=household.size,
        attribute=household.attribute,
        main_cause=household.main_cause,
        other_causes=list(household.other_causes),
        facts=household.facts,
        origins=household.origins,
        effective_from=day,
    )


def _applied(
    again: _Again, id: UUID, step: Step | None, item: ChangeIn, taken: Collection[str]
) -> tuple[Applied, Household]:
    """The household as it is from today's knowledge on, with the change that made it so, and its event."""
    was = again.locked.get(id)
    stand = again.now.stands.get(id)
    change = step.change if step else _followed(item)
    if was is None:
        assert step is not None
        now = step.now
    elif stand is None:
        now = replace(was, version=was.version + 1)
    else:
        ends = date.max
        never = any(turn.falls for turn in again.now.turns if turn.household_id == id)
        number = rules.number_of(was, taken, never=never)
        now = replace(again.past.household(was, stand, ends), version=was.version + 1, number=number)
    if was is None and stand and step:
        members = tuple(one for one in step.now.members if one.id in stand.relations)
        now = replace(now, members=members, status=stand.status, division=stand.division)
    shown = (
        applied(step.before, step.now, change, again.through) if step else applied(was, now, change, again.through)
    )
    event = state_of(now, change.reason, change.effective_on, origin=change.origin, destination=change.destination)
    whole = replace(shown, was=was, now=now, event=event, event_type=HOUSEHOLD.type(change.verb))
    return whole, now


def _followed(item: ChangeIn) -> Change:
    """What the change of another household made of this one."""
    return replace(rules.made(item), id=uuid7(), verb="changed")


def _own_lines(one: Applied, added: Numbers, item: ChangeIn, stays: Sequence[StaysEnded]) -> list[Json]:
    """The lines of the new change in a household: one a village that it concerns."""
    change = one.change
    row = {
        "kind": change.kind,
        "reason": change.reason,
        "through": one.through,
        "effective_on": change.effective_on,
        "person_id": change.person_id,
        "ground": change.ground,
        "source": change.source,
        "evidence": change.evidence,
        "captured_at": change.captured_at,
        "before": one.before,
        "after": one.after | {STAYS_ENDED: stays} if stays and change.id == item.id else one.after,
        "lineage": one.lineage,
        "effect": one.effect,
        "times": 1,
        "cancels": change.cancels,
    }
    mine = [(key[2], value) for key, value in added.items() if key[:2] == (item.id, one.household_id)]
    return [
        row
        | {
            "id": arrival_of(change.id) if position else change.id,
            "division": division,
            "households": households_,
            "persons": persons,
        }
        for position, (division, (households_, persons, _)) in enumerate(mine or [(one.now.division, (0, 0, 1))])
    ]


def _restated(again: _Again, added: Numbers, item: ChangeIn) -> dict[UUID, list[Json]]:
    """What earlier lines add otherwise by now, and which do not count any more, by household."""
    known = again.past
    main = {
        (known.of_line[id], line.household_id): line
        for id, line in known.lines.items()
        if line.restates is None and id != arrival_of(known.of_line[id]) and line.kind != CANCELLATION
    }
    found: dict[UUID, list[Json]] = {}
    corrections = {event.id: event for event in known.every if event.corrects}
    for key in sorted(known.counted.keys() | added.keys(), key=str):
        event, household, division = key
        if event == item.id or (event, household) not in main:
            continue
        was = known.counted.get(key, (0, 0, 0))
        now = added.get(key, (0, 0, 0))
        if event in corrections:
            now = was if event not in again.now.fell else (0, 0, 0)
        if was == now:
            continue
        line = main[event, household]
        found.setdefault(household, []).append(
            {
                "id": uuid7(),
                "division": division,
                "kind": line.kind,
                "reason": line.reason,
                "through": line.through,
                "effective_on": line.effective_on,
                "households": now[0] - was[0],
                "persons": now[1] - was[1],
                "times": now[2] - was[2],
                "restates": line.id,
                "because": item.id,
                "person_id": line.person_id,
            }
        )
    return found

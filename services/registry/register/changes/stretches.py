"""What is believed of households and their members, stretch by stretch, after a replay of their changes. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Protocol, TypeVar
from uuid import UUID

from services.registry.register.changes.replay import Stand, Turn
from services.registry.register.households.records import Facts, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is believed of a household from a day to a day (exclusive; None: still)."""

    household_id: UUID
    division: str
    status: Status
    size: int
    attribute: str
    main_cause: str
    other_causes: list[str]
    facts: Facts
    origins: Mapping[str, int]
    effective_from: date
    effective_to: date | None = None

    @property
    def begins(self) -> date:
        return self.effective_from

    @property
    def ends(self) -> date | None:
        return self.effective_to

    @property
    def content(self) -> tuple[object, ...]:
        """What a correction may set."""
        return (self.attribute, self.main_cause, self.other_causes, self.facts, self.origins)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """That somebody is believed to live in a household from a day to a day (exclusive; None: still)."""

    household_id: UUID
    person_id: UUID
    division: str
    relation: str
    facts: Facts
    origins: Mapping[str, int]
    joined_on: date
    left_on: date | None = None

    @property
    def begins(self) -> date:
        return self.joined_on

    @property
    def ends(self) -> date | None:
        return self.left_on

    @property
    def content(self) -> tuple[object, ...]:
        """What a correction may set."""
        return (self.facts, self.origins)


class _Stretch(Protocol):
    @property
    def begins(self) -> date: ...
    @property
    def ends(self) -> date | None: ...
    @property
    def content(self) -> tuple[object, ...]: ...


_S = TypeVar("_S", bound=_Stretch)


def reaching(rows: Iterable[_S], day: date) -> list[_S]:
    """The stretches that a change of the day may touch."""
    return [one for one in rows if one.ends is None or one.ends >= day]


def on(rows: Sequence[_S], day: date) -> _S | None:
    """The stretch that covers a day."""
    return next((one for one in rows if one.begins <= day and (one.ends is None or day < one.ends)), None)


def near(rows: Sequence[_S], day: date) -> _S | None:
    """The stretch that covers a day, or the last before it, or the first after it."""
    earlier = [one for one in rows if one.begins <= day]
    return (
        max(earlier, key=lambda one: one.begins) if earlier else min(rows, key=lambda one: one.begins, default=None)
    )


def states(start: Stand | None, turns: Sequence[Turn], believed: Sequence[State], day: date) -> list[State]:
    """The states of a household from the stretch on that covers the day before. ``believed`` says the facts."""
    marks = _marks(start, turns, on(believed, day - timedelta(days=1)), day)
    if not marks:
        return []
    days = sorted(marks.keys() | {one for one in _set_anew(believed, day) if one > min(marks)})
    found = []
    for position, begins in enumerate(days):
        stand = marks[max(one for one in marks if one <= begins)]
        said = near(believed, begins)
        assert said is not None
        ends = days[position + 1] if position + 1 < len(days) else None
        found.append(
            replace(
                said,
                division=stand.division,
                status=stand.status,
                size=len(stand.relations),
                effective_from=begins,
                effective_to=ends,
            )
        )
    return found


def stays(
    id: UUID,
    start: Stand | None,
    turns: Sequence[Turn],
    believed: Sequence[Stay],
    day: date,
    last: Mapping[UUID, tuple[Facts, Mapping[str, int]]],
) -> list[Stay]:
    """Who lives in a household from the stretches on that cover the day before. ``last`` are facts of newcomers."""
    mine: dict[UUID, list[Stay]] = {}
    for one in believed:
        mine.setdefault(one.person_id, []).append(one)
    marks = _marks(start, turns, None, day)
    people = {person: None for stand in marks.values() for person in stand.relations}
    return [stay for person in people for stay in _stays_of(id, person, marks, mine.get(person, ()), day, last)]


def _stays_of(
    id: UUID,
    person: UUID,
    marks: Mapping[date, Stand],
    believed: Sequence[Stay],
    day: date,
    last: Mapping[UUID, tuple[Facts, Mapping[str, int]]],
) -> list[Stay]:
    days = sorted(marks.keys() | {one for one in _set_anew(believed, day) if one > min(marks)})
    found: list[Stay] = []
    for begins in days:
        stand = marks[max(one for one in marks if one <= begins)]
        relation = stand.relations.get(person)
        open_one = found[-1] if found and found[-1].left_on is None else None
        if relation is None:
            if open_one:
                found[-1] = replace(open_one, left_on=begins)
            continue
        said = near(believed, begins)
        facts, origins = (said.facts, said.origins) if said else last[person]
        now = Stay(
            household_id=id,
            person_id=person,
            division=stand.division,
            relation=relation,
            facts=facts,
            origins=origins,
            joined_on=begins,
        )
        if open_one is None:
            before = on(believed, begins)
            found.append(replace(now, joined_on=before.joined_on) if before and begins < day else now)
        elif replace(now, joined_on=open_one.joined_on) != open_one:
            found += [replace(found.pop(), left_on=begins), now]
    return found


def _marks(start: Stand | None, turns: Sequence[Turn], first: State | None, day: date) -> dict[date, Stand]:
    """How a household stands from which day on; the state before begins where its stretch does."""
    before = day - timedelta(days=1)
    marks = {first.effective_from if first else before: start} if start else {}
    return marks | {turn.event.day: turn.after for turn in turns}


def _set_anew(believed: Sequence[_S], day: date) -> list[date]:
    """The days from which on facts are believed that were others before."""
    ordered = sorted(believed, key=lambda one: one.begins)
    pairs = pairwise(ordered)
    return [later.begins for earlier, later in pairs if later.begins >= day and later.content != earlier.content]

"""A year of dynamic adjustment 动态调整 whose net effect is a published one: many reasons, no forced figure."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

from demo.generator import comings, goings, kinship
from demo.generator.households import Household
from demo.generator.numbers import Numbers
from demo.generator.persons import Person
from demo.generator.poverty import household, sizes


@dataclass(frozen=True, slots=True)
class Change:
    """One change: what the county office sends to the registry on the day it decides."""

    id: UUID
    kind: str
    reason: str
    day: date
    household: Household
    member: Person | None = None
    leaves: Person | None = None
    successor: Person | None = None
    relations: dict[UUID, str] = field(default_factory=dict)
    entry: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A year's net effect in households and persons, and how many households change in which way.

    Entries are what the households still need then, members who leave what the persons do.
    """

    year: int
    net: dict[str, int]
    removed: int
    restored: int
    extinct: int
    joined: int

    @property
    def entered(self) -> int:
        return self.net["households"] + self.removed - self.restored + self.extinct


@dataclass(slots=True)
class Adjusted:
    """What a year did: its changes, who is still registered, who came, who was untouched."""

    changes: list[Change] = field(default_factory=list)
    registered: list[Household] = field(default_factory=list)
    entered: list[Household] = field(default_factory=list)
    untouched: list[Household] = field(default_factory=list)


_REMOVALS = ("wrongly_included",) * 18 + ("moved_out", "duplicate")
_ENTRIES = ("omitted", "omitted", "omitted", "newly_poor", "moved_in")


def adjust(
    random: Random,
    numbers: Numbers,
    registered: list[Household],
    villages: list[str],
    plan: Plan,
    kept: AbstractSet[UUID] = frozenset(),
) -> Adjusted:
    """Live through a year of the register. The members of the households are changed accordingly; to those ``kept``
    nothing happens.
    """
    year, pool = _Year(random, numbers, plan), [home for home in registered if home.id not in kept]
    random.shuffle(pool)
    ones = [home for home in pool if home.size == 1 and home.members[0].born.year < 1955]
    extinct, chosen = ones[: plan.extinct], {home.id for home in ones[: plan.extinct]}
    others = [home for home in pool if home.id not in chosen]
    removed, rest = others[: plan.removed], others[plan.removed :]
    restored = removed[: plan.restored]
    back = {home.id for home in restored}
    for home in extinct:
        year.note("removal", "household_extinct", home)
    for home in removed:
        first = year.note("removal", random.choice(_REMOVALS), home)
        if home.id in back:
            year.note("restoration", "restored", home, after=first.day)
    entered = year.enter(villages)
    net = plan.net["persons"] + sum(h.size for h in extinct) + sum(h.size for h in removed[plan.restored :])
    net -= sum(h.size for h in entered)
    touched = year.members(rest, joined=plan.joined, left=plan.joined - net)
    gone = {home.id for home in (*extinct, *removed[plan.restored :])}
    still = [home for home in registered if home.id not in gone]
    busy = touched | back
    year.changes.sort(key=lambda change: (change.day, change.id))
    return Adjusted(year.changes, [*still, *entered], entered, [home for home in still if home.id not in busy])


class _Year:
    """The changes of a year while they are being made."""

    def __init__(self, random: Random, numbers: Numbers, plan: Plan) -> None:
        self.random, self.numbers, self.plan = random, numbers, plan
        self.changes: list[Change] = []

    def day(self, after: date | None = None) -> date:
        if after:
            return after + timedelta(days=self.random.randrange(3, 20))
        return date(self.plan.year, 1, 10) + timedelta(days=self.random.randrange(0, 300))

    def note(self, kind: str, reason: str, home: Household, *, after: date | None = None) -> Change:
        day = self.day(after)
        change = Change(self.numbers.id(day), kind, reason, day, home)
        self.changes.append(change)
        return change

    def enter(self, villages: list[str]) -> list[Household]:
        """New entries, of believable sizes."""
        entered = []
        for size in sizes(self.random, self.plan.entered, round(self.plan.entered * 1.9)):
            day = self.day()
            home = household(self.random, self.numbers, self.random.choice(villages), size, day)
            reason = self.random.choice(_ENTRIES)
            self.changes.append(Change(self.numbers.id(day), "new_entry", reason, day, home, entry=True))
            entered.append(home)
        return entered

    def members(self, homes: list[Household], *, joined: int, left: int) -> set[UUID]:
        """Members who come and go, each in a household of its own that they fit."""
        if left < 0:
            raise ValueError("the plan of the year leaves no room for members who leave")
        touched: set[UUID] = set()
        for _ in range(left):
            reason, home = self._fitting(homes, touched, goings.reason, goings.who)
            touched.add(home.id)
            self._leave(home, reason)
        for _ in range(joined):
            reason, home = self._fitting(homes, touched, comings.reason, comings.whose)
            touched.add(home.id)
            self._join(home, reason)
        return touched

    def _fitting(
        self,
        homes: list[Household],
        touched: AbstractSet[UUID],
        drawn: Callable[[Random], str],
        fits: Callable[[Household, str, int], Sequence[object]],
    ) -> tuple[str, Household]:
        """A reason and an untouched household that it fits; another reason where there is none."""
        for _ in range(100):
            reason = drawn(self.random)
            for home in homes:
                if home.id not in touched and fits(home, reason, self.plan.year):
                    return reason, home
        raise ValueError("the year has too few households for those who come and go")

    def _leave(self, home: Household, reason: str) -> None:
        day = self.day()
        who = self.random.choice(goings.who(home, reason, self.plan.year))
        headed = who.relation == kinship.HEAD
        home.members.remove(who)
        change = Change(self.numbers.id(day), "member_left", reason, day, home, leaves=who)
        if headed:
            heir, relations = goings.succession(home)
            change = replace(change, successor=heir, relations=relations)
        self.changes.append(change)

    def _join(self, home: Household, reason: str) -> None:
        day = self.day()
        who = comings.newcomer(self.random, self.numbers, home, reason, day)
        home.members.append(who)
        self.changes.append(Change(self.numbers.id(day), "member_added", reason, day, home, member=replace(who)))

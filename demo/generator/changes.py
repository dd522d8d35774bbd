"""A year of dynamic adjustment 动态调整 whose net effect is a published one: many reasons, no forced figure."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from demo.generator.households import Household, Person, household, person, sizes
from demo.generator.numbers import Numbers


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


_JOINS = ("birth", "birth", "married_in", "registered_here", "overlooked", "returned")
_LEAVES = ("death", "death", "death", "married_out", "registered_elsewhere", "not_sharing", "imprisoned")
_REMOVALS = ("wrongly_included",) * 18 + ("moved_out", "duplicate")
_ENTRIES = ("omitted", "omitted", "omitted", "newly_poor", "moved_in")


def adjust(
    random: Random, numbers: Numbers, registered: list[Household], villages: list[str], plan: Plan
) -> Adjusted:
    """Live through a year of the register. The members of the households are changed accordingly."""
    year, pool = _Year(random, numbers, plan), registered.copy()
    random.shuffle(pool)
    ones = [home for home in pool if home.size == 1]
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
        """Members who come and go, each in a household of its own."""
        if left < 0:
            raise ValueError("the plan of the year leaves no room for members who leave")
        larger = [home for home in homes if home.size > 1]
        leaving = larger[:left]
        taken = {home.id for home in leaving}
        joining = [home for home in homes if home.id not in taken and home.size < 6][:joined]
        for home in leaving:
            self._leave(home)
        for home in joining:
            self._join(home)
        return taken | {home.id for home in joining}

    def _leave(self, home: Household) -> None:
        day, head_dies = self.day(), self.random.random() < 0.25
        who = home.members[0] if head_dies else home.members[-1]
        reason = "death" if head_dies or who.relation == "配偶" else self.random.choice(_LEAVES)
        home.members.remove(who)
        change = Change(self.numbers.id(day), "member_left", reason, day, home, leaves=who)
        self.changes.append(replace(change, **_succession(home)) if head_dies else change)

    def _join(self, home: Household) -> None:
        day, reason = self.day(), self.random.choice(_JOINS)
        male = self.random.random() < 0.5
        if reason == "birth":
            who = self._newborn(home, day, male=male)
        else:
            who = person(self.random, self.numbers, home, "其他", self.random.randrange(20, 55), male=male)
        home.members.append(who)
        self.changes.append(Change(self.numbers.id(day), "member_added", reason, day, home, member=replace(who)))

    def _newborn(self, home: Household, day: date, *, male: bool) -> Person:
        who = person(self.random, self.numbers, home, "之孙子" if male else "之孙女", 0, male=male)
        who.born = day - timedelta(days=self.random.randrange(1, 9))
        who.identity = self.numbers.identity(who.born, male=male)
        who.labour, who.education, who.health = "无劳动力", "文盲或半文盲", "健康"
        return who


def _succession(home: Household) -> dict[str, Any]:
    """The next in line becomes head, and everybody else is related to them from now on."""
    successor, *others = home.members
    for one in others:
        one.relation = _to_new_head(successor.relation, one.relation)
    successor.relation = "户主"
    return {"successor": successor, "relations": {one.id: one.relation for one in others}}


def _to_new_head(new: str, other: str) -> str:
    """What somebody is to a new head, in the families of this county: grandchildren are those of the first son."""
    if new == "配偶":
        return other
    if new == "之子" and other in ("之孙子", "之孙女"):
        return {"之孙子": "之子", "之孙女": "之女"}[other]
    return "其他"

"""What 2017 brings: heads who hand over, births in households that left poverty, deaths that are told late, and
a village that becomes part of another while notices hang in it. None of it changes how many households there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from demo.generator import comings, goings
from demo.generator.cases import Case, case
from demo.generator.changes import Change
from demo.generator.households import Household
from demo.generator.numbers import Numbers
from demo.generator.persons import AT_WORK, Person
from demo.generator.poverty import household

HANDED_OVER, BORN, OPENED = date(2017, 3, 1), date(2017, 2, 17), date(2017, 3, 6)
HANDOVERS, BIRTHS = 3, 2
# Deaths that are told in May: one of December, when its year is closed, and one of before a correction in the spring.
DIED = date(2016, 12, 5), date(2017, 2, 3)
CORRECTED, CORRECTION_TOLD, TOLD = date(2017, 3, 15), date(2017, 4, 10), date(2017, 5, 20)
# The day of the national system's list that is compared: it knows nothing yet of the births.
LISTED, COMPARED = date(2017, 2, 10), date(2017, 6, 6)
# Region digits far from everybody else's.
_REGION = 230622


@dataclass(frozen=True, slots=True)
class Merger:
    """A village that becomes part of another of its town, and the two cases whose notices hang in it on that day."""

    village: str
    into: str
    cases: list[Case]


@dataclass(frozen=True, slots=True)
class Lives:
    """The changes of the spring, those that are told late, and the merger."""

    handovers: list[Change]
    births: list[Change]
    late: list[Change]
    merger: Merger


def lives(
    seed: int, calm: Sequence[Household], exited: Sequence[Household], busy: set[str], villages: Sequence[str]
) -> Lives:
    """The spring of 2017. ``calm`` are households to which nothing else happens, ``busy`` villages that have projects
    (or are the first of the county, whose desk is shown).
    """
    random = Random(f"{seed} lives")
    numbers = Numbers(random, _REGION)
    merging = next(village for village in villages if village not in busy)
    into = next(one for one in villages[1:] if one[:9] == merging[:9] and one != merging)
    there = [home for home in calm if home.village == merging]
    others = [home for home in calm if home.village not in (merging, into)]
    random.shuffle(others)
    newcomer = household(random, numbers, merging, 2, OPENED)
    cases = [
        case(numbers, "omitted", newcomer, OPENED, entry=True),
        case(numbers, "wrongly_included", random.choice(there), OPENED, entry=False),
    ]
    handed_over = _heirs(others)
    for home, _ in handed_over:
        others.remove(home)
    return Lives(
        [_handover(numbers, home, heir) for home, heir in handed_over],
        [_birth(random, numbers, home) for home in _fertile(exited)],
        [_death(numbers, home, who, day) for (home, who), day in zip(_mourning(others), DIED, strict=True)],
        Merger(merging, into, cases),
    )


def _heirs(homes: Sequence[Household]) -> list[tuple[Household, Person]]:
    """Households of an old head with a son of an age to follow."""
    found = []
    for home in homes:
        sons = [one for one in home.members if one.relation == "之子" and one.labour in AT_WORK]
        if sons and home.size > 2 and home.head.age(HANDED_OVER) >= 66:
            found.append((home, sons[0]))
    return found[:HANDOVERS]


def _mourning(homes: Sequence[Household]) -> list[tuple[Household, Person]]:
    """Households in which somebody beside the head is old and may have died."""
    found = []
    for home in homes:
        old = [one for one in goings.who(home, "death", 2016) if one is not home.head and one.born.year < 1945]
        if old and home.size > 2:
            found.append((home, old[0]))
    return found[: len(DIED)]


def _death(numbers: Numbers, home: Household, who: Person, day: date) -> Change:
    home.members.remove(who)
    return Change(numbers.id(day), "member_left", "death", day, home, leaves=who)


def _fertile(homes: Sequence[Household]) -> list[Household]:
    return [home for home in homes if comings.whose(home, "birth", BORN.year)][:BIRTHS]


def _handover(numbers: Numbers, home: Household, heir: Person) -> Change:
    goings.head(home, heir)
    relations = {one.id: one.relation for one in home.members if one is not heir}
    change = Change(numbers.id(HANDED_OVER), "head_changed", "head_changed", HANDED_OVER, home)
    return replace(change, successor=heir, relations=relations)


def _birth(random: Random, numbers: Numbers, home: Household) -> Change:
    child = comings.newcomer(random, numbers, home, "birth", BORN)
    home.members.append(child)
    return Change(numbers.id(BORN), "member_added", "birth", child.born, home, member=replace(child))

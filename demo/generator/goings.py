"""Who leaves a household for which reason, and who heads it then."""

from datetime import date
from random import Random
from uuid import UUID

from demo.generator import kinship
from demo.generator.households import Household
from demo.generator.persons import ILL, NO_PUPIL, Person

_REASONS = {"death": 60, "married_out": 11, "registered_elsewhere": 12, "not_sharing": 12, "imprisoned": 5}
_CHILD = ("之子", "之女")
# Ages at which somebody leaves for a reason.
_AGES = {"married_out": (20, 32), "registered_elsewhere": (19, 40), "not_sharing": (24, 50), "imprisoned": (20, 58)}


def reason(random: Random) -> str:
    """A reason, as often as it comes."""
    return random.choices(list(_REASONS), list(_REASONS.values()))[0]


def who(home: Household, reason: str, year: int) -> list[Person]:
    """The members who may leave for it, so that the cause of poverty still fits somebody."""
    return [one for one in home.members if _may(home, one, reason, date(year, 12, 31)) and _without(home, one)]


def succession(home: Household) -> tuple[Person, dict[UUID, str]]:
    """The next in line becomes head, and everybody else is related to them from now on."""
    adults = [one for one in home.members if one.born.year < 1997]
    spouse = next((one for one in adults if one.relation == kinship.SPOUSE and one.born.year > 1936), None)
    heir = spouse or max(adults, key=lambda one: (one.relation == "之子", one.relation in _CHILD, -one.born.year))
    head(home, heir)
    return heir, {one.id: one.relation for one in home.members if one is not heir}


def head(home: Household, heir: Person) -> None:
    """Somebody heads the household: they stand first, and every relation is one to them."""
    home.members.sort(key=lambda one: one is not heir)
    for one in home.members:
        one.relation = kinship.relation(heir.kin, one.kin)


def _may(home: Household, one: Person, reason: str, day: date) -> bool:
    if reason == "death":
        return one.age(day) >= 60 or (one.health in ILL and one.age(day) >= 40)
    lowest, highest = _AGES[reason]
    unbound = one.relation in _CHILD and not home.lives_here(one.kin.spouse) and one.school == NO_PUPIL
    parent = any(other.kin.child_of(one.kin) for other in home.members)
    if not unbound or parent or not lowest <= one.age(day) <= highest:
        return False
    return {"married_out": not one.male, "imprisoned": one.male}.get(reason, True)


def _without(home: Household, one: Person) -> bool:
    """Whether the household lives on without somebody."""
    if home.size == 1:
        return False
    place = home.members.index(one)
    home.members.remove(one)
    try:
        return home.fits()
    finally:
        home.members.insert(place, one)

"""Pupils go up: the classes of the school year that began in 2016, of whoever was at school or came to be."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from random import Random
from uuid import UUID

from demo.generator.households import Household
from demo.generator.persons import ABLE, COLLEGE, DISABLED, LOST, NO_PUPIL, SENIOR, Person, class_at

SAID, SINCE = date(2017, 4, 8), date(2017, 3, 1)
_YEAR, _LONGEST = 2016, 21


@dataclass(frozen=True, slots=True)
class Pupil:
    """Somebody whose class is another; who left school has learnt something, and can work unless disabled."""

    household: Household
    person: Person
    school: str
    education: str | None = None
    labour: str | None = None


def pupils(random: Random, homes: Iterable[Household], wrong: AbstractSet[UUID]) -> list[Pupil]:
    """Of households on the register, but of whom something is planted that the school would put right."""
    found = (
        _pupil(random, home, one)
        for home in homes
        for one in home.members
        if home.identified_on.year < _YEAR and one.id not in wrong and home.id not in wrong
    )
    return [one for one in found if one is not None]


def _pupil(random: Random, home: Household, one: Person) -> Pupil | None:
    age = _YEAR - one.born.year
    school = class_at(age) if age < 15 else _later(random, home, one, age)
    if school == one.school:
        return None
    if school != NO_PUPIL:
        return Pupil(home, one, school)
    labour = LOST if one.health == DISABLED else ABLE
    return Pupil(home, one, school, "大专" if one.school == COLLEGE else "高中", labour)


def _later(random: Random, home: Household, one: Person, age: int) -> str:
    """After compulsory education: to the end of senior school, then some to college and others to work."""
    if one.school == NO_PUPIL:
        return NO_PUPIL
    if age <= 17:
        kind = next((at for kinds in SENIOR for at, name in enumerate(kinds) if name == one.school), None)
        return SENIOR[age - 15][random.choice((0, 1)) if kind is None else kind]
    # The cause of poverty goes on, and who works would make the lack of labour untrue.
    has_to = home.cause in ("因学", "缺劳动力")
    goes_on = age <= _LONGEST and random.random() < (0.8 if one.school == COLLEGE else 0.45)
    return COLLEGE if has_to or goes_on else NO_PUPIL

"""Wrong records on purpose: each breaks one rule of the data checks (an old number breaks two), and no other does.

What a village writes down wrongly stays on the register as it was written: nothing else happens to these households.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from uuid import UUID

from demo.generator import living
from demo.generator.households import Household
from demo.generator.persons import ABLE, AT_WORK, DISABLED, HEALTHY, ILL, LOST, NO_PUPIL, UNABLE, Person

FIRST, CHECKED = date(2014, 12, 31), date(2017, 6, 30)
_NEEDS = ("因病", "因残", "因学")
# By rule the households and persons in whom it has to be found.
Planted = dict[str, set[UUID]]


@dataclass(frozen=True, slots=True)
class _Mistake:
    """A kind of mistake: the rules that find it, how many are made, of whom, and how.

    The rules are of households or of persons; a household's mistake is made of its head.
    """

    rules: tuple[str, ...]
    number: int
    of: Callable[[Household, Person], bool]
    make: Callable[[Household, Person], None]
    personal: bool = False


def plant(random: Random, homes: Sequence[Household]) -> Planted:
    """Make the mistakes, each in a household of its own; answers what has to be found."""
    pool, found = list(homes), dict[str, set[UUID]]()
    random.shuffle(pool)
    for one in _MISTAKES:
        fitting = [(home, who) for home in pool if (who := _of(home, one)) is not None][: one.number]
        if len(fitting) < one.number:
            raise ValueError(f"the county has too few households for a mistake of the rule {one.rules[0]}")
        for home, who in fitting:
            one.make(home, who)
            living.settle(random, home, FIRST)
            for rule in one.rules:
                found.setdefault(rule, set()).add(who.id if one.personal else home.id)
        taken = {home.id for home, _ in fitting}
        pool = [home for home in pool if home.id not in taken]
    return found


def households(found: Planted, homes: Iterable[Household]) -> set[UUID]:
    """The households in which something is planted."""
    wrong = set().union(*found.values())
    return {home.id for home in homes if home.id in wrong or any(one.id in wrong for one in home.members)}


def _of(home: Household, mistake: _Mistake) -> Person | None:
    people = home.members if mistake.personal else home.members[:1]
    return next((who for who in people if mistake.of(home, who)), None)


def _household(**values: object) -> Callable[[Household, Person], None]:
    def make(home: Household, _who: Person) -> None:
        for name, value in values.items():
            setattr(home, name, value)

    return make


def _person(**values: object) -> Callable[[Household, Person], None]:
    def make(_home: Household, who: Person) -> None:
        for name, value in values.items():
            setattr(who, name, value)

    return make


def _nobody(home: Household, *health: str) -> bool:
    return all(one.health not in health for one in home.members)


def _works(home: Household, who: Person) -> bool:
    grown = 22 <= who.age(CHECKED) <= 57 and who.health == HEALTHY and who.school == NO_PUPIL
    return grown and who.labour in AT_WORK and home.cause != "缺劳动力"


def _healthy(first: int, last: int) -> Callable[[Household, Person], bool]:
    """Healthy and born in these years."""
    return lambda home, who: first <= who.born.year <= last and who.health == HEALTHY


def _old_number(_home: Household, who: Person) -> None:
    """The number of fifteen digits that was in use until 1999."""
    who.mistyped = who.identity[:6] + who.identity[8:17]


def _other_birthday(_home: Household, who: Person) -> None:
    """The digits of the day changed places, so that the check character is wrong as well."""
    who.mistyped = who.identity[:12] + who.identity[13] + who.identity[12] + who.identity[14:]


def _may_be_misread(_home: Household, who: Person) -> bool:
    return who.born.day in (12, 21) and who.health == HEALTHY


_MISTAKES = (
    _Mistake(("C3-71",), 6, lambda home, _: home.cause == "缺资金" and _nobody(home, *ILL), _household(cause="因病")),
    _Mistake(
        ("C3-73",), 5, lambda home, _: home.cause == "缺技术" and _nobody(home, DISABLED), _household(cause="因残")
    ),
    _Mistake(
        ("C3-72",),
        4,
        lambda home, _: home.cause == "缺资金" and not any(one.senior for one in home.members),
        _household(cause="因学"),
    ),
    _Mistake(
        ("C3-83",),
        3,
        lambda home, _: home.cause not in _NEEDS and home.workers() > 2,
        _household(cause="缺劳动力"),
    ),
    _Mistake(("C3-84",), 4, lambda home, _: home.cause not in _NEEDS, _household(income=328_000)),
    _Mistake(("C3-45",), 3, lambda home, _: not living.pension(home, CHECKED), _household(income=36_000)),
    _Mistake(("C3-46",), 4, lambda home, _: True, _household(land="38.50")),
    _Mistake(("C3-106",), 9, lambda home, _: home.unsafe_house, _household(unsafe_grade="")),
    _Mistake(
        ("C3-85",),
        2,
        lambda home, who: home.size == 1 and _works(home, who),
        _household(attribute="五保贫困户"),
        personal=True,
    ),
    _Mistake(
        ("C3-59",),
        5,
        lambda home, who: home.size > 1 and _works(home, who),
        _person(labour=UNABLE),
        personal=True,
    ),
    _Mistake(
        ("C3-92",),
        4,
        lambda home, who: home.size > 1 and _works(home, who),
        _person(labour=LOST),
        personal=True,
    ),
    _Mistake(("C3-87",), 3, _healthy(2003, 2008), _person(labour=ABLE), personal=True),
    _Mistake(("C3-61",), 2, _healthy(2004, 2008), _person(school=NO_PUPIL, education="小学"), personal=True),
    _Mistake(("C3-66",), 8, lambda _, who: who.health == DISABLED, _person(card=""), personal=True),
    _Mistake(("C3-40", "C3-43"), 3, _healthy(1930, 1965), _old_number, personal=True),
    _Mistake(("C3-94",), 3, _may_be_misread, _other_birthday, personal=True),
)
NUMBERS = {rule: one.number for one in _MISTAKES for rule in one.rules}

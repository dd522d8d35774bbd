"""Who joins a household for which reason: somebody whom the family lacks."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from demo.generator import kinship, living, persons
from demo.generator.households import Household
from demo.generator.kinship import HEAD, SPOUSE, Kin
from demo.generator.numbers import Numbers
from demo.generator.persons import HEALTHY, NO_PUPIL, Person

_REASONS = {"birth": 34, "married_in": 22, "registered_here": 17, "overlooked": 17, "returned": 10}
_LARGEST = 6


def reason(random: Random) -> str:
    """A reason, as often as it comes."""
    return random.choices(list(_REASONS), list(_REASONS.values()))[0]


def whose(home: Household, reason: str, year: int) -> list[Kin]:
    """Those of the household whose child, wife or parent may join for a reason."""
    # Somebody more who works may make the lack of labour untrue, or the care of the five guarantees.
    works = reason != "birth" and home.cause == "缺劳动力" and home.workers() > 0
    if works or home.size >= _LARGEST or home.attribute == "五保贫困户":
        return []
    return [one.kin for one in home.members if _FITTING[reason](home, one, year)]


def newcomer(random: Random, numbers: Numbers, home: Household, reason: str, day: date) -> Person:
    """Somebody who joins, as the register takes them then."""
    kin = _kin(random, home, random.choice(whose(home, reason, day.year)), reason, day.year)
    relation = kinship.relation(home.head.kin, kin)
    made = persons.person(random, numbers, home.next_number(random), kin, relation, day)
    if reason == "birth":
        made.born = day - timedelta(days=random.randrange(1, 9))
        made.identity, made.health = numbers.identity(made.born, male=made.male), HEALTHY
        persons.settle(random, made, day)
    living.settle_person(home, made)
    return made


def _kin(random: Random, home: Household, belongs: Kin, reason: str, year: int) -> Kin:
    match reason:
        case "birth":
            return kinship.born(random, belongs, year, male=random.random() < 0.52)
        case "married_in":
            return kinship.wed(random, belongs)
        case "overlooked":
            return kinship.raised(random, belongs, male=False)
    return kinship.born(random, belongs, random.choice(_grown(home, belongs, year)), male=random.random() < 0.8)


def _bears(home: Household, one: Person, year: int) -> bool:
    """A married woman of the head's family who lives with her husband and had no child of late."""
    own = one.relation in (HEAD, SPOUSE, "之儿媳") and not one.male and 20 <= year - one.born.year <= 38
    late = any(other.born.year >= year - 1 for other in home.members if other.kin.child_of(one.kin))
    return own and not late and home.lives_here(one.kin.spouse)


def _marries(home: Household, one: Person, year: int) -> bool:
    """A son who is not married, or a head who never was."""
    free = one.male and one.kin.spouse is None and one.school == NO_PUPIL
    return free and one.relation in (HEAD, "之子") and 27 <= year - one.born.year <= 50


def _has_grown(home: Household, one: Person, year: int) -> bool:
    """A head who may have a grown child beside those at home."""
    return one.relation == HEAD and bool(_grown(home, one.kin, year))


def _grown(home: Household, parent: Kin, year: int) -> list[int]:
    """The years in which a grown child of somebody may have been born."""
    if parent.spouse is None:
        return []
    mother = parent.spouse if parent.male else parent
    others = [one.born.year for one in home.members if one.kin.child_of(parent)]
    spaced = (born for born in range(mother.year + 20, mother.year + 35) if all(abs(born - x) > 1 for x in others))
    return [born for born in spaced if 20 <= year - born <= 45]


def _has_mother(home: Household, one: Person, year: int) -> bool:
    """A head of middle age whose mother nobody told of."""
    known = one.kin.mother or one.kin.father
    return one.relation == HEAD and not known and 42 <= year - one.born.year <= 58


_FITTING: dict[str, Callable[[Household, Person, int], bool]] = {
    "birth": _bears,
    "married_in": _marries,
    "overlooked": _has_mother,
    "registered_here": _has_grown,
    "returned": _has_grown,
}

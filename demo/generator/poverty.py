"""How households are poor: small, old, ill; with a cause that fits somebody who lives there."""

from datetime import date
from random import Random

from demo.generator import kinship, living, persons
from demo.generator.families import family
from demo.generator.households import Household
from demo.generator.numbers import Numbers
from demo.generator.persons import AT_WORK, CHRONIC, DISABLED, GRAVE, LOST, Person

_SIZES = {1: 38, 2: 40, 3: 13, 4: 6, 5: 2, 6: 1}
_CAUSES = {
    "因病": 45,
    "因残": 18,
    "缺劳动力": 14,
    "缺资金": 9,
    "缺技术": 6,
    "自身发展动力不足": 4,
    "因灾": 1,
}
# What also befalls households in which nobody works.
_STUDY, _ANYBODY = "因学", ("因病", "因残", "因学", "缺劳动力")
_STUDENT = 15, 17  # of an age to be at senior school for years to come


def sizes(random: Random, households: int, persons: int) -> list[int]:
    """Household sizes that add up to a number of persons."""
    drawn = random.choices(list(_SIZES), list(_SIZES.values()), k=households)
    while sum(drawn) != persons:
        position = random.randrange(households)
        step = 1 if sum(drawn) < persons else -1
        if 1 <= drawn[position] + step <= 6:
            drawn[position] += step
    return drawn


def household(random: Random, numbers: Numbers, village: str, size: int, identified_on: date) -> Household:
    """A household of a size in a village."""
    grade = random.choice(("C级", "C级", "D级")) if random.random() < 0.22 else ""
    made = Household(
        id=numbers.id(identified_on),
        village=village,
        number=numbers.household(),
        identified_on=identified_on,
        attribute="",
        cause="",
        phone=numbers.phone(),
        card=numbers.card(),
        land=f"{random.randrange(0, 900) / 100:.2f}",
        income=random.randrange(90_000, 279_000),
        unsafe_house=bool(grade),
        unsafe_grade=grade,
    )
    # Everybody is described as at the end of the year in which the household is looked at.
    told = date(identified_on.year, 12, 31) if identified_on.year == 2014 else identified_on
    kin = family(random, size, told.year)
    for one in kin:
        relation = kinship.relation(kin[0], one)
        made.members.append(persons.person(random, numbers, made.next_number(random), one, relation, told))
    _cause(random, made, told)
    made.attribute = _attribute(random, made, told)
    living.settle(random, made, told)
    return made


def _cause(random: Random, home: Household, day: date) -> None:
    """A cause, and whoever it needs: somebody ill, disabled or at school, or nobody able to work."""
    weights = dict(_CAUSES)
    students = [who for who in home.members if _STUDENT[0] <= day.year - who.born.year <= _STUDENT[1]]
    if students:
        weights[_STUDY] = 70
    able = [who for who in home.members if who.labour in AT_WORK]
    if not able:
        weights = {cause: weight for cause, weight in weights.items() if cause in _ANYBODY}
    if len(able) > 2:
        del weights["缺劳动力"]
    home.cause = random.choices(list(weights), list(weights.values()))[0]
    match home.cause:
        case "因病" if not home.fits():
            _befall(
                random, persons.sufferer(random, home.members, day), day, random.choice((CHRONIC,) * 3 + (GRAVE,))
            )
        case "因残" if not home.fits():
            _befall(random, persons.sufferer(random, home.members, day), day, DISABLED)
        case "因学":
            who = random.choice(students)
            who.school = ("高一", "高二", "高三")[day.year - who.born.year - _STUDENT[0]]
            persons.settle(random, who, day)
        case "缺劳动力":
            for who in able[1:]:
                _befall(random, who, day, CHRONIC)
                who.labour = LOST


def _befall(random: Random, who: Person, day: date, health: str) -> None:
    who.health = health
    persons.settle(random, who, day)


def _attribute(random: Random, home: Household, day: date) -> str:
    """On the allowance, in the care of the five guarantees (the old and the unable without children), or neither."""
    unable = not home.workers()
    childless = all(who.kin.spouse is None for who in home.members) and home.size == 1
    if unable and childless and home.members[0].age(day) >= 60 and random.random() < 0.5:
        return "五保贫困户"
    return "低保贫困户" if random.random() < (0.68 if unable else 0.42) else "一般贫困户"

"""Members of households: what their age, their health and their years at school make likely."""

from dataclasses import dataclass, field
from datetime import date
from random import Random
from uuid import UUID

from demo.generator.kinship import Kin
from demo.generator.numbers import Numbers

HEALTHY, CHRONIC, GRAVE, DISABLED = "健康", "长期慢性病", "患有大病", "残疾"
ILL = (CHRONIC, GRAVE)
UNABLE, LOST, ABLE, SKILLED = "无劳动力", "丧失劳动力", "普通劳动力", "技能劳动力"
AT_WORK = (ABLE, SKILLED)
NO_PUPIL = "非在校生"
SENIOR = ("高一", "中职一年级"), ("高二", "中职二年级"), ("高三", "中职三年级")
COLLEGE = "大专及以上"
# The classes of an age; later on not everybody is at school.
_CLASSES: dict[int, tuple[str, ...]] = {
    **dict.fromkeys(range(3, 6), ("学前教育",)),
    **dict.fromkeys(range(6, 12), ("小学",)),
    12: ("七年级",),
    13: ("八年级",),
    14: ("九年级",),
    15: SENIOR[0],
    16: SENIOR[1],
}
# From which age on how many of a hundred are chronically ill, gravely ill and disabled.
_BY_AGE = ((60, (26, 4, 4)), (45, (9, 2, 3)), (16, (3, 1, 2)), (0, (1, 0, 1)))
# Up to which year of birth how many of a hundred learnt what.
_EDUCATION = (
    (1945, {"文盲或半文盲": 52, "小学": 42, "初中": 6}),
    (1960, {"文盲或半文盲": 18, "小学": 51, "初中": 27, "高中": 4}),
    (1980, {"文盲或半文盲": 3, "小学": 36, "初中": 52, "高中": 9}),
    (9999, {"小学": 7, "初中": 68, "高中": 19, "大专": 6}),
)


@dataclass(slots=True)
class Person:
    """A member of a household. ``card`` is the number of a disability card, of whoever has one; ``mistyped`` stands
    on the register instead of the right number; ``items`` as those of a household.
    """

    id: UUID
    number: str
    name: str
    male: bool
    born: date
    identity: str
    relation: str
    health: str
    labour: str
    education: str
    school: str
    card: str = ""
    mistyped: str = ""
    items: dict[str, bool | str] = field(default_factory=dict)
    kin: Kin = field(compare=False, repr=False, kw_only=True)

    @property
    def document(self) -> str:
        """The number under which the register has them."""
        return self.mistyped or self.card or self.identity

    def age(self, day: date) -> int:
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))

    def works_on(self, day: date) -> bool:
        """Whether a bank may lend to this person: 18 to 65 years old and able to work."""
        return 18 <= self.age(day) <= 65 and self.labour in AT_WORK

    @property
    def senior(self) -> bool:
        """Whether at senior school or above."""
        return self.school[0] in "高中大"


def person(random: Random, numbers: Numbers, number: str, kin: Kin, relation: str, day: date) -> Person:
    """Somebody as of a day, healthy or not as people of their age are."""
    born = birthday(random, kin.year, day)
    made = Person(
        id=numbers.id(day),
        number=number,
        name=kin.name,
        male=kin.male,
        born=born,
        identity=numbers.identity(born, male=kin.male),
        relation=relation,
        health=_health(random, day.year - kin.year),
        labour="",
        education="",
        school=_school(random, day.year - kin.year),
        kin=kin,
    )
    settle(random, made, day)
    return made


def birthday(random: Random, year: int, day: date) -> date:
    """A day of a year, before the day on which it is told."""
    while (found := date(year, random.randrange(1, 13), random.randrange(1, 29))) > day:
        continue
    return found


def settle(random: Random, who: Person, day: date) -> None:
    """What follows from health, age and school: ability to work, education, a card of the disabled."""
    who.labour = _labour(random, who, day)
    who.card = f"{who.identity}{_kind(random)}{random.choice('1234')}" if who.health == DISABLED else ""
    if who.school != NO_PUPIL or who.age(day) < 6:
        who.education = "高中" if who.school.startswith("大专") else "初中" if who.senior else ""
    else:
        kinds = next(kinds for until, kinds in _EDUCATION if who.born.year <= until)
        who.education = random.choices(list(kinds), list(kinds.values()))[0]


def sufferer(random: Random, people: list[Person], day: date) -> Person:
    """Who of a household is the likeliest to be ill."""
    return random.choices(people, [max(3, who.age(day) - 15) for who in people])[0]


def class_at(age: int) -> str:
    """The class that everybody of an age is in, up to the end of compulsory education."""
    return _CLASSES[age][0] if age in _CLASSES else NO_PUPIL


def _kind(random: Random) -> str:
    """The kind of a disability card: mostly of the limbs, of sight, of hearing."""
    return random.choice("1234444567")


def _health(random: Random, age: int) -> str:
    chronic, grave, disabled = next(shares for since, shares in _BY_AGE if age >= since)
    shares = (chronic, grave, disabled, 100 - chronic - grave - disabled)
    return random.choices((CHRONIC, GRAVE, DISABLED, HEALTHY), shares)[0]


def _school(random: Random, age: int) -> str:
    """The class of the school year that runs at the end of a year, for the age then."""
    after = (17, 0.6, SENIOR[2]), (18, 0.3, (COLLEGE,)), (19, 0.3, (COLLEGE,)), (20, 0.3, (COLLEGE,))
    if age in _CLASSES:
        return random.choice(_CLASSES[age])
    return next(
        (random.choice(kinds) for at, share, kinds in after if at == age and random.random() < share), NO_PUPIL
    )


def _labour(random: Random, who: Person, day: date) -> str:
    age = who.age(day)
    if age < 16 or who.school != NO_PUPIL:
        return UNABLE
    if age > 65:
        return ABLE if who.health == HEALTHY and age < 71 and random.random() < 0.3 else UNABLE
    lost = {CHRONIC: 0.25, GRAVE: 0.6, DISABLED: 0.55}.get(who.health, 0)
    if random.random() < lost:
        return LOST
    return SKILLED if age < 55 and who.health == HEALTHY and random.random() < 0.06 else ABLE

"""Believable poor households: small, old, ill; one head each; numbers that agree with age and sex."""

from dataclasses import dataclass, field
from datetime import date
from random import Random
from uuid import UUID

from demo.generator.numbers import Numbers

_SIZES = {1: 38, 2: 40, 3: 13, 4: 6, 5: 2, 6: 1}
_CAUSES = {
    "因病": 45,
    "因残": 18,
    "缺劳动力": 14,
    "缺资金": 9,
    "缺技术": 6,
    "自身发展动力不足": 4,
    "因学": 3,
    "因灾": 1,
}
_SCHOOLS = {
    **dict.fromkeys(range(3, 6), "学前教育"),
    **dict.fromkeys(range(6, 13), "小学"),
    13: "七年级",
    14: "八年级",
    15: "九年级",
}
_ATTRIBUTES = {"一般贫困户": 45, "低保贫困户": 45, "五保贫困户": 10}


@dataclass(slots=True)
class Person:
    """A member of a household."""

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

    @property
    def school(self) -> str:
        """At school or not, by the age at the end of 2014."""
        return _SCHOOLS.get(2014 - self.born.year, "非在校生")

    def works_on(self, day: date) -> bool:
        """Whether a bank may lend to this person: 18 to 65 years old and able to work."""
        age = day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))
        return 18 <= age <= 65 and self.labour in ("普通劳动力", "技能劳动力")


@dataclass(slots=True)
class Household:
    """A registered household with what the register asks of it. Income in fen a person and year, land in mu."""

    id: UUID
    village: str
    number: str
    identified_on: date
    attribute: str
    cause: str
    phone: str
    card: str
    land: str
    income: int
    unsafe_house: bool
    members: list[Person] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.members)

    @property
    def house(self) -> str:
        """Living space in square metres."""
        return f"{30 + self.income // 100 % 60}"


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
    cause = _pick(random, _CAUSES)
    made = Household(
        id=numbers.id(identified_on),
        village=village,
        number=numbers.household(),
        identified_on=identified_on,
        attribute=_pick(random, _ATTRIBUTES) if size < 3 else random.choice(("一般贫困户", "低保贫困户")),
        cause=cause,
        phone=numbers.phone(),
        card=numbers.card(),
        land=f"{random.randrange(0, 900) / 100:.2f}",
        income=random.randrange(90_000, 279_000),
        unsafe_house=random.random() < 0.22,
    )
    head_age = random.choice((random.randrange(32, 60), random.randrange(45, 66), random.randrange(60, 86)))
    ill = cause in ("因病", "因残")
    made.members.append(person(random, numbers, made, "户主", head_age, male=random.random() < 0.68, ill=ill))
    for number in range(1, size):
        made.members.append(_relative(random, numbers, made, number, head_age))
    return made


def person(
    random: Random, numbers: Numbers, home: Household, relation: str, age: int, *, male: bool, ill: bool = False
) -> Person:
    """Somebody of an age (at the end of 2014) who joins a household."""
    born = date(2014 - age, random.randrange(1, 13), random.randrange(1, 29))
    health = random.choice(("长期慢性病", "患有大病", "残疾")) if ill else "健康"
    if age < 16 or age > 72:
        labour = "无劳动力"
    elif ill and random.random() < 0.5:
        labour = "丧失劳动力"
    else:
        labour = "技能劳动力" if random.random() < 0.06 else "普通劳动力"
    education = (
        "文盲或半文盲" if age > 65 and random.random() < 0.5 else random.choice(("小学", "小学", "初中", "高中"))
    )
    return Person(
        id=numbers.id(home.identified_on),
        number=f"{home.number}{len(home.members) + 1:02d}{random.randrange(1000):03d}",
        name=numbers.name(),
        male=male,
        born=born,
        identity=numbers.identity(born, male=male),
        relation=relation,
        health=health,
        labour=labour,
        education=education,
    )


def _relative(random: Random, numbers: Numbers, home: Household, number: int, head_age: int) -> Person:
    head_male = home.members[0].male
    if number == 1 and random.random() < 0.8:
        age = max(20, head_age - random.randrange(-2, 6))
        return person(random, numbers, home, "配偶", age, male=not head_male)
    if head_age > 58 and number > 2:
        male = random.random() < 0.5
        age = random.randrange(1, 17)
        return person(random, numbers, home, "之孙子" if male else "之孙女", age, male=male)
    male = random.random() < 0.55
    age = max(0, head_age - random.randrange(22, 32))
    return person(random, numbers, home, "之子" if male else "之女", age, male=male, ill=random.random() < 0.1)


def _pick(random: Random, weights: dict[str, int]) -> str:
    return random.choices(list(weights), list(weights.values()))[0]

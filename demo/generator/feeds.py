"""Records of departments with planted cases 数据比对: who has a car, who only seems to, who was left out, and noise.

What is true of a record is known here and not to the service. Twelve of the households that 2016 clears out as
wrongly included are cleared out by these doubts instead of by a plain change, so the year adds up to the same.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from demo.generator import names
from demo.generator.changes import Change
from demo.generator.households import Household
from demo.generator.numbers import Numbers
from demo.generator.persons import Person

SCREENED, CHECKED = date(2016, 5, 16), date(2016, 5, 20)
REVIEWED, CLOSED = date(2016, 5, 24), date(2016, 5, 27)
TRUE, LEFT_OUT = 12, 4
# What is not true, and how often: what only seems so, by which feed it comes.
FALSE = {"name_lent": 8, "sold": 6, "late_data": 2, "pre_marriage": 2, "same_name": 6}
# Characters that sound the same, for a department that wrote a name as it heard it.
_SOUNDS = dict(zip("明英华丽平生志军珍芳玉春", "鸣瑛桦莉萍升智君真方育纯", strict=True))
# Region digits far from everybody else's.
_REGION = 228622
_Line = dict[str, str]


@dataclass(frozen=True, slots=True)
class Planted:
    """A record whose truth is known: the rules that have to find it, and the verdict that is right."""

    record_no: str
    rules: tuple[str, ...]
    verdict: str


@dataclass(slots=True)
class Screening:
    """What the departments bring, by feed, and what is planted in it, by record number."""

    lines: dict[str, list[_Line]] = field(default_factory=dict)
    planted: dict[str, Planted] = field(default_factory=dict)

    def add(self, feed: str, line: _Line, rules: tuple[str, ...] = (), verdict: str | None = None) -> None:
        self.lines.setdefault(feed, []).append(line)
        if verdict:
            number = next(iter(line.values()))
            self.planted[number] = Planted(number, rules, verdict)


def choose(
    changes: Sequence[Change], registered: Iterable[Household], calm: Sequence[Household], seed: int
) -> tuple[Screening, list[Change]]:
    """The feeds of May 2016 and the changes that stay. ``calm`` are households that nothing happens to in 2016."""
    random = Random(f"{seed} feeds")
    maker = _Maker(random, Numbers(random, _REGION))
    restored = {change.household.id for change in changes if change.kind == "restoration"}
    guilty = [
        change
        for change in changes
        if change.reason == "wrongly_included" and change.day.year == SCREENED.year
        if change.household.id not in restored
    ]
    # The first is one whose name can be misheard.
    guilty.sort(key=lambda change: _misheard(change.household.members[0].name) is None)
    guilty = guilty[:TRUE]
    for change, make in zip(guilty, maker.true_kinds(), strict=True):
        make(change.household)
    called = Counter((home.village, person.name) for home in registered for person in home.members)
    called.update((change.household.village, change.leaves.name) for change in changes if change.leaves)
    # Whoever is said to have a car, a flat or a post is of an age to.
    only = [
        home
        for home in calm
        if called[home.village, home.members[0].name] == 1 and home.members[0].works_on(SCREENED)
    ]
    maker.false_ones(random.sample(only, sum(FALSE.values())))
    later = [
        change for change in changes if change.entry and change.reason == "omitted" and change.day > date(2016, 9, 1)
    ]
    for change in later[:LEFT_OUT]:
        maker.left_out(change.household)
    maker.noise(random.sample(list(calm), 60))
    for lines in maker.made.lines.values():
        random.shuffle(lines)
    taken = {change.id for change in guilty}
    return maker.made, [change for change in changes if change.id not in taken]


class _Maker:
    """Makes lines of files, each with a number of its own."""

    def __init__(self, random: Random, numbers: Numbers) -> None:
        self.random, self.numbers, self.made = random, numbers, Screening()
        self.count = 0

    def true_kinds(self) -> list[Callable[[Household], None]]:
        """What is wrong with each: a flat under a misheard name, cars, flats, firms, public pay."""
        kinds = [
            self._heard,
            self._car,
            self._car,
            self._price,
            self._price,
            self._named,
            self._flat,
            self._flat,
            self._flat,
        ]
        return [*kinds, self._firm, self._firm, self._paid]

    def false_ones(self, homes: Sequence[Household]) -> None:
        """What only seems true."""
        verdicts = [verdict for verdict, number in FALSE.items() for _ in range(number)]
        for position, (home, verdict) in enumerate(zip(homes, verdicts, strict=True)):
            head = home.members[0]
            match verdict:
                case "late_data":
                    line = self._line("人员编号", head) | {"人员类别": "村干部", "单位名称": "村民委员会"}
                    self.made.add("payroll", line, ("payroll.cadre",), verdict)
                case "pre_marriage":
                    line = self._line("不动产权证号", head) | {"房屋类型": "商品房", "登记日期": "2009-03-01"}
                    self.made.add("housing", line, ("housing.flat",), verdict)
                case "same_name":
                    line = self._line("号牌号码", head) | {"证件号码": "", "车辆类型": "小型轿车"}
                    self.made.add("vehicles", line | {"行政村代码": home.village}, ("vehicles.car",), verdict)
                case _:
                    # Two of those who lent their names lent them for something dear.
                    dear = {"购置价": "56800"} if position < 2 else {}
                    rules = ("vehicles.car", "vehicles.price") if dear else ("vehicles.car",)
                    self.made.add(
                        "vehicles", self._line("号牌号码", head) | {"车辆类型": "小型轿车"} | dear, rules, verdict
                    )

    def left_out(self, home: Household) -> None:
        """Somebody who gets the allowance and is not on the register yet."""
        line = self._line("低保编号", home.members[0]) | {"救助类别": "农村低保", "行政村代码": home.village}
        self.made.add("allowance", line, ("allowance.not_registered",), "taken_in")

    def noise(self, homes: Sequence[Household]) -> None:
        """Strangers, kinds that no rule asks for, what has ended, and what agrees with the register."""
        for home in homes:
            head = home.members[0]
            self.made.add(
                "vehicles", self._line("号牌号码", self._stranger()) | {"车辆类型": "小型轿车", "购置价": "99000"}
            )
            self.made.add("vehicles", self._line("号牌号码", head) | {"车辆类型": "普通摩托车", "购置价": "4200"})
            self.made.add(
                "vehicles", self._line("号牌号码", head) | {"车辆类型": "小型轿车", "注销日期": "2014-12-01"}
            )
            self.made.add("housing", self._line("不动产权证号", self._stranger()) | {"房屋类型": "商品房"})
            self.made.add(
                "business", self._line("记录编号", self._stranger()) | {"企业类型": "个体工商户", "职务": "经营者"}
            )
            self.made.add("payroll", self._line("人员编号", self._stranger()) | {"人员类别": "事业编制"})
            self.made.add("allowance", self._line("低保编号", head) | {"救助类别": "农村低保"})
            self.made.add("allowance", self._line("低保编号", self._stranger()) | {"救助类别": "城镇低保"})
            self.made.add("insurance", self._line("记录编号", head) | {"险种": "城乡居民医疗保险"})
            self.made.add("deaths", self._line("记录编号", self._stranger()) | {"死亡日期": "2016-03-01"})
            self.made.add(
                "disability", self._line("记录编号", self._stranger()) | {"残疾类别": "肢体", "残疾等级": "四级"}
            )

    def _car(self, home: Household) -> None:
        line = self._line("号牌号码", home.members[0]) | {"车辆类型": "小型轿车"}
        self.made.add("vehicles", line, ("vehicles.car",), "cleared_out")

    def _price(self, home: Household) -> None:
        line = self._line("号牌号码", home.members[0]) | {"车辆类型": "越野车", "购置价": "128000"}
        self.made.add("vehicles", line, ("vehicles.car", "vehicles.price"), "cleared_out")

    def _named(self, home: Household) -> None:
        head = home.members[0]
        line = self._line("号牌号码", head) | {
            "证件号码": "",
            "出生日期": head.born.isoformat(),
            "车辆类型": "小型轿车",
        }
        self.made.add("vehicles", line, ("vehicles.car",), "cleared_out")

    def _heard(self, home: Household) -> None:
        head = home.members[0]
        line = self._line("不动产权证号", head) | {
            "证件号码": "",
            "出生日期": f"{head.born:%Y%m%d}",
            "房屋类型": "商品房",
        }
        self.made.add("housing", line | {"姓名": _misheard(head.name) or ""}, ("housing.flat",), "cleared_out")

    def _flat(self, home: Household) -> None:
        line = self._line("不动产权证号", home.members[0]) | {"房屋类型": "商品房", "建筑面积": "98.5"}
        self.made.add("housing", line, ("housing.flat",), "cleared_out")

    def _firm(self, home: Household) -> None:
        line = self._line("记录编号", home.members[0]) | {"企业类型": "有限责任公司", "职务": "法定代表人"}
        self.made.add("business", line, ("business.company",), "cleared_out")

    def _paid(self, home: Household) -> None:
        line = self._line("人员编号", home.members[0]) | {"人员类别": "事业编制", "单位名称": "乡镇卫生院"}
        self.made.add("payroll", line, ("payroll.public",), "cleared_out")

    def _line(self, header: str, person: "Person | tuple[str, str]") -> _Line:
        """A record of somebody: its own number, the name, the person's number."""
        self.count += 1
        name, identity = (person.name, person.identity) if isinstance(person, Person) else person
        prefix = "吉F" if header == "号牌号码" else "R"
        return {header: f"{prefix}{self.count:05d}", "姓名": name, "证件号码": identity}

    def _stranger(self) -> tuple[str, str]:
        born = date(self.random.randrange(1945, 1995), self.random.randrange(1, 13), self.random.randrange(1, 29))
        male = self.random.random() < 0.5
        called = names.surname(self.random) + names.given(self.random, born.year, male=male)
        return called, self.numbers.identity(born, male=male)


def _misheard(name: str) -> str | None:
    """The name as it sounds, in another character; None where it has none of those that are known here."""
    written = next((letter for letter in name[1:] if letter in _SOUNDS), None)
    return name[0] + name[1:].replace(written, _SOUNDS[written], 1) if written else None

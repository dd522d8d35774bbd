"""Registers as tables, for paper and for Excel: 村有册 has a line a person, 乡有簿 a line a household."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from services.registry.documents.registers.records import Home, Register
from shared.names.divisions import Level
from shared.problems import Invalid
from shared.time import clock


class NoRegisterAtThisLevel(Invalid):
    slug = "no-register-at-this-level"
    zh = "村有册、乡有簿按村或乡镇出具；全县请生成县档案"
    en = "Registers are of a village or a town; for a county build an archive"


STATUSES = {"registered": "在册", "exited": "已脱贫"}
Cell = str | int | Decimal


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading and its share of the page's width."""

    zh: str
    width: int


@dataclass(frozen=True, slots=True)
class Table:
    """A register to be printed: title, the day and moment of which it tells, columns, rows, and sums at the end."""

    title: str
    subtitle: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    sums: Sequence[str]
    moment: datetime
    count: int = field(default=0)


_VILLAGE = [
    *(Column("序号", 3), Column("户编号", 8), Column("姓名", 5), Column("与户主关系", 5), Column("性别", 3)),
    *(Column("出生日期", 6), Column("证件号码（脱敏）", 10), Column("劳动技能", 6), Column("属性", 6)),
    *(Column("主要致贫原因", 6), Column("其他原因", 6), Column("人均纯收入（元/年）", 6), Column("状态", 4)),
    *(Column("识别日期", 6), Column("帮扶责任人", 10)),
]
_TOWN = [
    *(Column("序号", 3), Column("行政村", 6), Column("户编号", 8), Column("户主", 5), Column("人数", 3)),
    *(Column("属性", 6), Column("主要致贫原因", 7), Column("人均纯收入（元/年）", 7), Column("状态", 4)),
    *(Column("识别日期", 6), Column("帮扶责任人", 12)),
]


def village_register(register: Register) -> Table:
    """村有册: every person of every household of a village."""
    town = register.name(register.division[:9])
    title = f"{town}{register.name(register.division)}建档立卡贫困户登记册（村有册）"
    rows = [row for number, home in enumerate(register.homes, 1) for row in _persons(number, home)]
    return _table(register, title, _VILLAGE, rows)


def township_ledger(register: Register) -> Table:
    """乡有簿: every household of a town, village by village."""
    county = register.name(register.division[:6])
    title = f"{county}{register.name(register.division)}建档立卡贫困户台账（乡有簿）"
    rows = [_household(number, register, home) for number, home in enumerate(register.homes, 1)]
    return _table(register, title, _TOWN, rows)


def form(level: Level) -> Callable[[Register], Table]:
    """How the register of a level is set out. Raises NoRegisterAtThisLevel."""
    match level:
        case "village":
            return village_register
        case "town":
            return township_ledger
    raise NoRegisterAtThisLevel(field="division", rule="9 or 12 digits")


def moments(as_of: date, known_at: datetime) -> str:
    """Of which day a document tells, as known when."""
    known = known_at.astimezone(clock.SHANGHAI)
    return f"截至{as_of:%Y-%m-%d}的情况，依据{known:%Y-%m-%d %H:%M}时的登记"


def _table(register: Register, title: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> Table:
    return Table(
        title,
        moments(register.as_of, register.known_at),
        columns,
        rows,
        list(_sums(register)),
        register.known_at,
        len(register.homes),
    )


def _persons(number: int, home: Home) -> Iterator[list[Cell]]:
    row = home.row
    of_household: list[Cell] = [
        row.attribute,
        row.main_cause,
        "、".join(row.other_causes),
        _amount(row.income),
        STATUSES[row.status],
        row.identified_on.isoformat(),
        home.helpers,
    ]
    for position, member in enumerate(home.members):
        first = position == 0
        yield [
            number if first else "",
            row.number if first else "",
            member.name,
            member.relation,
            member.sex,
            member.born.isoformat(),
            member.identity_masked or "",
            member.labour or "",
            *(of_household if first else [""] * len(of_household)),
        ]


def _household(number: int, register: Register, home: Home) -> list[Cell]:
    row = home.row
    return [
        number,
        register.name(row.division),
        row.number,
        home.head,
        row.size,
        row.attribute,
        row.main_cause,
        _amount(row.income),
        STATUSES[row.status],
        row.identified_on.isoformat(),
        home.helpers,
    ]


def _sums(register: Register) -> Iterator[str]:
    for division, homes in groupby(register.homes, key=lambda home: home.row.division):
        if len(register.division) < len(division):
            yield f"{register.name(division)}：{_counted(list(homes))}"
    yield f"合计：{_counted(register.homes)}"


def _counted(homes: Sequence[Home]) -> str:
    parts: list[str] = []
    for status, zh in STATUSES.items():
        rows = [home.row for home in homes if home.row.status == status]
        parts.append(f"{zh} {len(rows)} 户 {sum(row.size for row in rows)} 人")
    return "，".join(parts)


def _amount(income: str | None) -> Cell:
    return Decimal(income) if income is not None else ""

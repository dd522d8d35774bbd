"""Registers as tables, on paper and in Excel: 村有册 has a line a person, 乡有簿 a line a household.

The same table gives the same bytes.
"""

import asyncio
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby, pairwise
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from services.registry.documents.registers.records import Cell, Column, Home, Register, Table
from shared import documents
from shared.names.divisions import Level
from shared.problems import Invalid
from shared.time import clock

TEMPLATE = Path(__file__).parent / "register.typ"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATUSES = {"registered": "在册", "exited": "已脱贫"}
_CHARACTER = 2  # columns of Excel a share of width
# Millimetres on the template's page: the width of its text, an em of its letters, the margins of a cell.
_TEXT_WIDTH, _EM, _MARGIN = Decimal(277), Decimal("2.65"), Decimal("1.8")
_NARROW = frozenset("0123456789-.*: ")
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


async def pdf(table: Table) -> bytes:
    """A table on as many pages as it needs, its head on each."""
    data = {
        "title": table.title,
        "subtitle": table.subtitle,
        "columns": [{"zh": column.zh, "width": column.width} for column in table.columns],
        "rows": [{"cells": _spanned(row), "fits": _fits(row, table.columns)} for row in table.rows],
        "sums": table.sums,
    }
    return await documents.pdf(TEMPLATE, data, tagged=False)


def _spanned(row: Sequence[Cell]) -> list[str | int]:
    """A row's cells as text; empty ones that follow each other as how many they are (half of a register is empty)."""
    cells: list[str | int] = []
    for empty, group in groupby(row, key=lambda cell: cell == ""):
        texts = [str(cell) for cell in group]
        cells += [len(texts)] if empty else texts
    return cells


def _fits(row: Sequence[Cell], columns: Sequence[Column]) -> bool:
    """Whether each cell of a row surely stands on one line: then its height is known, and it is set twice as fast."""
    share = _TEXT_WIDTH / sum(column.width for column in columns)
    return all(_width(str(cell)) + _MARGIN < column.width * share for cell, column in zip(row, columns, strict=True))


def _width(text: str) -> Decimal:
    narrow = sum(character in _NARROW for character in text)
    changes = sum((a in _NARROW) != (b in _NARROW) for a, b in pairwise(text))
    return narrow * _EM * Decimal("0.6") + (len(text) - narrow) * _EM + changes * _EM / 4


async def xlsx(table: Table) -> bytes:
    """A table as a workbook in constant memory. Text is written as text, so no cell is a formula."""
    return await asyncio.to_thread(_workbook, table)


def _workbook(table: Table) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    # The moment of which it tells, so that the same register is the same file.
    moment = table.moment.astimezone(clock.SHANGHAI).replace(tzinfo=None, microsecond=0)
    book.set_properties({"title": table.title, "created": moment})
    strong = book.add_format({"bold": True, "border": 1, "text_wrap": True, "align": "center"})
    sheet = book.add_worksheet("登记册")
    sheet.freeze_panes(3, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    amount = book.add_format({"num_format": "0.00"})
    for position, column in enumerate(table.columns):
        sheet.set_column(position, position, column.width * _CHARACTER)
    sheet.write_string(0, 0, table.title, book.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(1, 0, table.subtitle)
    for position, column in enumerate(table.columns):
        sheet.write_string(2, position, column.zh, strong)
    at = 3
    for row in table.rows:
        for position, cell in enumerate(row):
            _write(sheet, at, position, cell, amount)
        at += 1
    for line in table.sums:
        sheet.write_string(at, 0, line)
        at += 1
    book.close()
    return target.getvalue()


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, amount: Format) -> None:
    if isinstance(cell, Decimal):
        sheet.write_number(row, column, cell, amount)
    elif isinstance(cell, int):
        sheet.write_number(row, column, cell)
    elif cell:
        sheet.write_string(row, column, cell)


class NoRegisterAtThisLevel(Invalid):
    slug = "no-register-at-this-level"
    zh = "村有册、乡有簿按村或乡镇出具；全县请生成县档案"
    en = "Registers are of a village or a town; for a county build an archive"


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

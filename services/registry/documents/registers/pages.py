"""Tables on paper and in Excel; the same table gives the same bytes."""

import asyncio
import io
from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby, pairwise
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from services.registry.documents.registers.tables import Cell, Column, Table
from shared import documents
from shared.time import clock

TEMPLATE = Path(__file__).parent / "register.typ"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHARACTER = 2  # columns of Excel a share of width
# Millimetres on the template's page: the width of its text, an em of its letters, the margins of a cell.
_TEXT_WIDTH, _EM, _MARGIN = Decimal(277), Decimal("2.65"), Decimal("1.8")
_NARROW = frozenset("0123456789-.*: ")


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

"""Tables on paper and in Excel; the same table gives the same bytes."""

import asyncio
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from services.registry.registers.tables import Cell, Table
from shared import clock, documents

TEMPLATE = Path(__file__).parent / "register.typ"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHARACTER = 2  # columns of Excel a share of width


async def pdf(table: Table) -> bytes:
    """A table on as many pages as it needs, its head on each."""
    data = {
        "title": table.title,
        "subtitle": table.subtitle,
        "columns": [{"zh": column.zh, "width": column.width} for column in table.columns],
        "rows": [[str(cell) for cell in row] for row in table.rows],
        "sums": table.sums,
    }
    return await documents.pdf(TEMPLATE, data, tagged=False)


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
    sheet = book.add_worksheet()
    for position, column in enumerate(table.columns):
        sheet.set_column(position, position, column.width * _CHARACTER)
    sheet.write_string(0, 0, table.title, book.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(1, 0, table.subtitle)
    for position, column in enumerate(table.columns):
        sheet.write_string(2, position, column.zh, strong)
    at = 3
    for row in table.rows:
        for position, cell in enumerate(row):
            _write(sheet, at, position, cell)
        at += 1
    for line in table.sums:
        sheet.write_string(at, 0, line)
        at += 1
    book.close()
    return target.getvalue()


def _write(sheet: Any, row: int, column: int, cell: Cell) -> None:
    if isinstance(cell, int | Decimal):
        sheet.write_number(row, column, cell)
    elif cell:
        sheet.write_string(row, column, cell)

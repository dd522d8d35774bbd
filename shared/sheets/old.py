"""Rows of a workbook of the old format (.xls), read by calamine: values as a person sees them, and what cannot be
taken for one.
"""

import io
from collections.abc import Iterator, Mapping, Sequence

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from shared.sheets import biff, cells
from shared.sheets.problems import OldWorkbook, Protected
from shared.sheets.rows import Rows


def read(data: bytes, into: Rows) -> None:
    """Every row of every visible sheet, and how many rows the hidden ones have. Raises OldWorkbook, Protected."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        marked = biff.marks(data)
        for position, about in enumerate(book.sheets_metadata):
            if about.typ is not SheetTypeEnum.WorkSheet:
                continue
            sheet, wrong = book.get_sheet_by_index(position), marked[position]
            into.begin(about.name, _merged(sheet), hidden=about.visible is not SheetVisibleEnum.Visible)
            for at, row in enumerate(sheet.iter_rows()):
                if any(texts := _texts(row, wrong.cells.get(at, {}))):
                    into.row(at, texts, at in wrong.hidden)
            into.end()
    except PasswordError as error:
        raise Protected from error
    except (CalamineError, IndexError) as error:
        raise OldWorkbook(rule="a readable workbook") from error


def _texts(row: Sequence[object], wrong: Mapping[int, str]) -> list[str]:
    given = [value if type(value) is str and value.isprintable() else cells.text(value) for value in row]
    for column, mark in wrong.items():
        given += [""] * (column + 1 - len(given))
        given[column] = mark + given[column].removeprefix(cells.DIGITS)
    return given


def _merged(sheet: CalamineSheet) -> Iterator[tuple[int, int, int]]:
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        if top < bottom:
            yield top, bottom, left

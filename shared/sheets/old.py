"""Rows of a workbook of the old format (.xls), read by calamine: values as a person sees them.

What the format does not tell calamine stays unsaid: a formula comes as its last value.
"""

import io
from collections.abc import Iterator, Sequence

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from shared.sheets import cells
from shared.sheets.problems import OldWorkbook, Protected
from shared.sheets.rows import Rows


def read(data: bytes, into: Rows) -> None:
    """Every row of every visible sheet, and how many rows the hidden ones have. Raises OldWorkbook, Protected."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for position, about in enumerate(book.sheets_metadata):
            if about.typ is not SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_index(position)
            into.begin(about.name, _merged(sheet), hidden=about.visible is not SheetVisibleEnum.Visible)
            for at, row in enumerate(sheet.iter_rows()):
                if any(texts := _texts(row)):
                    into.row(at, texts)
            into.end()
    except PasswordError as error:
        raise Protected from error
    except CalamineError as error:
        raise OldWorkbook(rule="a readable workbook") from error


def _texts(row: Sequence[object]) -> list[str]:
    return [value if type(value) is str and value.isprintable() else cells.text(value) for value in row]


def _merged(sheet: CalamineSheet) -> Iterator[tuple[int, int, int]]:
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        if top < bottom:
            yield top, bottom, left

"""A process of its own: a checked workbook on standard input, its first sheet as CSV on standard output.

Its memory and time are limited by the system, so whatever a workbook does to the reader it does to this process only.
The last line on standard error is ``{}``, or the slug of a problem.
"""

import csv
import io
import json
import resource
import sys
from collections.abc import Sequence
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from shared.problems import Problem
from shared.sheets import cells
from shared.sheets.container import check, measure
from shared.sheets.problems import ROWS, BrokenWorkbook, TooManyRows
from shared.sheets.scan import Marks, marks

MEMORY, SECONDS = 1 << 30, 120
_ABOVE_HEADER = 20


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        convert(sys.stdin.buffer.read(), sys.stdout)
        said = {}
    except Problem as problem:
        said = {"slug": problem.slug}
    except MemoryError:
        said = {"slug": TooManyRows.slug}
    sys.stdout.flush()
    sys.stderr.write("\n" + json.dumps(said))


def convert(data: bytes, out: IO[str]) -> None:
    """Write each row of the first visible sheet as one line of CSV, the n-th row as the n-th line."""
    check(data)
    measure(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        visible = [
            position
            for position, sheet in enumerate(book.sheets_metadata)
            if sheet.visible is SheetVisibleEnum.Visible and sheet.typ is SheetTypeEnum.WorkSheet
        ]
        if not visible:
            raise BrokenWorkbook(rule="a visible sheet")
        wrong = marks(data, visible[0])
        sheet = book.get_sheet_by_index(visible[0])
        book.close()
    except CalamineError as error:
        raise BrokenWorkbook(rule="a readable sheet") from error
    if sheet.total_height > ROWS + _ABOVE_HEADER:
        raise TooManyRows(limit=ROWS)
    writer = csv.writer(out, lineterminator="\n")
    for line, row in enumerate(sheet.iter_rows()):
        writer.writerow(_texts(line, row, wrong))


def _texts(line: int, row: Sequence[object], wrong: Marks) -> list[str]:
    given = [value if type(value) is str and value.isprintable() else cells.text(value) for value in row]
    for column, mark in wrong.get(line, {}).items():
        given += [""] * (column + 1 - len(given))
        given[column] = mark + given[column]
    return given


if __name__ == "__main__":
    main()

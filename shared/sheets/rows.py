"""What a reader of workbooks finds, written as lines of CSV: the n-th row of a sheet is its n-th line.

A cell that is merged over several rows says the same of each of them. Hidden sheets are counted and not written.
"""

import csv
import json
from array import array
from collections.abc import Iterable
from typing import IO

from shared.sheets.problems import ROWS, LineTooLong, TooManyRows
from shared.sheets.tables import TURN
from shared.sheets.text import LONGEST

_AROUND, _BESIDE = 20, 1_000  # rows above and below a table, rows of other sheets
MOST_COLUMNS = 702  # as far as ZZ
_MERGED = 1_000_000
_TOP, _BOTTOM = 40, 16  # where the first and the last row stand in a merged cell as one number
_LOW = (1 << (_TOP - _BOTTOM)) - 1


class Rows:
    """Rows being written. ``begin`` a sheet, give each ``row`` that says something in its order, ``end`` it."""

    def __init__(self, out: IO[str]) -> None:
        self._out, self._writer = out, csv.writer(out, lineterminator="\n")
        self._sheet, self._hidden = "", False
        self._written = self._next = self._count = self._unseen = self._width = 0
        self._merged, self._upcoming = array("Q"), 0
        self._open: dict[int, tuple[int, str]] = {}

    def begin(self, sheet: str, merged: Iterable[tuple[int, int, int]] = (), *, hidden: bool = False) -> None:
        """A sheet begins; ``merged`` are first row, last row and column of cells that are merged over rows."""
        self._sheet, self._hidden = sheet, hidden
        self._next = self._count = self._unseen = self._width = self._upcoming = 0
        found = array("Q")
        for top, bottom, column in merged:
            found.append(top << _TOP | bottom << _BOTTOM | column)
            if len(found) > _MERGED:
                raise TooManyRows(limit=ROWS)
        self._merged = array("Q", sorted(found))
        self._open.clear()
        if not hidden:
            self._turn(sheet=sheet)

    def row(self, at: int, cells: list[str], hidden: bool = False) -> None:  # noqa: FBT001, FBT002 (a reader's call)
        """A row at a position (from 0)."""
        if at < self._next and not self._hidden:
            return  # a row that comes twice is one
        self._count += 1
        self._written += 1
        if max(self._count, at) > ROWS + _AROUND or self._written > ROWS + _BESIDE or len(cells) > MOST_COLUMNS:
            raise TooManyRows(limit=ROWS)
        if self._hidden:
            return
        if self._merged:
            self._fill(at, cells)
        if sum(map(len, cells)) > LONGEST:
            raise LineTooLong(field=f"line {at + 1}", rule=f"at most {LONGEST} characters", line=at + 1)
        self._out.write("\n" * (at - self._next))
        self._writer.writerow(cells)
        self._next = at + 1
        self._unseen += hidden
        self._width = max(self._width, len(cells))

    def end(self) -> None:
        """The sheet ends."""
        if self._hidden:
            self._turn(passed=self._sheet, lines=self._count)
        else:
            self._turn(hidden=self._unseen, width=self._width)

    def _fill(self, at: int, cells: list[str]) -> None:
        """Say on a row what cells say that are merged over it."""
        while self._upcoming < len(self._merged) and self._merged[self._upcoming] >> _TOP <= at:
            one = self._merged[self._upcoming]
            bottom, column = one >> _BOTTOM & _LOW, one & ((1 << _BOTTOM) - 1)
            if one >> _TOP == at and column < len(cells) and cells[column]:
                self._open[column] = bottom, cells[column]
            self._upcoming += 1
        for column, (bottom, said) in list(self._open.items()):
            if at > bottom:
                del self._open[column]
            elif column >= len(cells):
                cells += [""] * (column - len(cells)) + [said]
            elif not cells[column]:
                cells[column] = said

    def _turn(self, **said: str | int) -> None:
        self._out.write(f"{TURN.decode()}{json.dumps(said)}\n")

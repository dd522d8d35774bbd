"""Tables of a web page, as web systems and spreadsheets save them under the name of a workbook."""

import codecs
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from shared.sheets import cells
from shared.sheets.problems import PageUnread
from shared.sheets.rows import Rows

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]{2,20})", re.IGNORECASE)
_CELLS = {"td", "th"}
_UNSEEN = {"style", "script", "title"}
_DOWN, _ACROSS, _DEEP = 100_000, 200, 20


def read(data: bytes, into: Rows) -> None:
    """Each table of a page as a sheet. Raises PageUnread where it has none."""
    reader = _Reader(into)
    try:
        reader.feed(_decoded(data))
        reader.close()
    except AssertionError as error:  # what the parser says of a declaration that it does not know
        raise PageUnread(rule="a page that is well formed") from error
    if not reader.tables:
        raise PageUnread(rule="a table")


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    named = _CHARSET.search(data[:4_096])
    wanted = named[1].decode().lower() if named else "utf-8"
    encodings = ["gb18030" if wanted.startswith("gb") else "utf-8-sig", "utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise PageUnread(rule="UTF-8 or GB18030")


@dataclass(slots=True)
class _Table:
    """A table being read: its rows, the row and the cell at work, and what cells say over rows to come, by column."""

    rows: list[list[str]] = field(default_factory=list)
    row: list[str] | None = None
    cell: list[str] | None = None
    spans: tuple[int, int] = 1, 1
    below: dict[int, tuple[int, str]] = field(default_factory=dict)

    def begin_row(self) -> None:
        self.end_row()
        self.row = []

    def begin_cell(self, spans: tuple[int, int]) -> None:
        self.end_cell()
        self.row = self.row if self.row is not None else []
        self.cell, self.spans = [], spans

    def end_cell(self) -> None:
        if self.cell is None or self.row is None:
            return
        said, self.cell = cells.text(" ".join("".join(self.cell).split())), None
        self._covered(self.row)
        down, across = self.spans
        if down > 1:
            self.below[len(self.row)] = down - 1, said
        self.row += [said, *[""] * (across - 1)]

    def end_row(self) -> None:
        self.end_cell()
        if self.row is not None:
            self._covered(self.row)
            self.rows.append(self.row)
        self.row = None

    def _covered(self, row: list[str]) -> None:
        """Go on behind cells that reach down from rows above."""
        while (found := self.below.get(len(row))) is not None and found[0] > 0:
            self.below[len(row)] = found[0] - 1, found[1]
            row.append(found[1])


class _Reader(HTMLParser):
    """Each table of a page, also those that stand in a cell of another, as pages are laid out."""

    def __init__(self, into: Rows) -> None:
        super().__init__(convert_charrefs=True)
        self.tables = 0
        self._into, self._open, self._aside = into, list[_Table](), False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            if len(self._open) >= _DEEP:
                raise PageUnread(rule="tables within tables")
            self._open.append(_Table())
        elif tag in _UNSEEN:
            self._aside = True
        elif self._open:
            self._within(self._open[-1], tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._aside = False
        elif not self._open:
            return
        elif tag == "table":
            self._end_table()
        elif tag in _CELLS:
            self._open[-1].end_cell()
        elif tag == "tr":
            self._open[-1].end_row()

    def handle_data(self, data: str) -> None:
        if self._open and not self._aside and (cell := self._open[-1].cell) is not None:
            cell.append(data)

    def close(self) -> None:
        super().close()
        while self._open:
            self._end_table()

    @staticmethod
    def _within(table: _Table, tag: str, said: dict[str, str | None]) -> None:
        if tag == "tr":
            table.begin_row()
        elif tag in _CELLS:
            table.begin_cell((_span(said.get("rowspan"), _DOWN), _span(said.get("colspan"), _ACROSS)))
        elif tag == "br" and table.cell is not None:
            table.cell.append(" ")

    def _end_table(self) -> None:
        table = self._open.pop()
        table.end_row()
        if not any(any(row) for row in table.rows):
            return
        self.tables += 1
        self._into.begin(f"表{self.tables}")
        for at, row in enumerate(table.rows):
            if any(row):
                self._into.row(at, row)
        self._into.end()


def _span(said: str | None, most: int) -> int:
    return min(int(said), most) if said and said.isascii() and said.isdigit() and int(said) else 1

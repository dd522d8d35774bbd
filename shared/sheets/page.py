"""Tables of a web page, as web systems and spreadsheets save them under the name of a workbook."""

import codecs
import re
from html.parser import HTMLParser

from shared.sheets import cells
from shared.sheets.problems import PageUnread
from shared.sheets.rows import Rows

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]{2,20})", re.IGNORECASE)
_CELLS = {"td", "th"}
_UNSEEN = {"style", "script", "title"}
_SPAN = 100_000


def read(data: bytes, into: Rows) -> None:
    """Each table of a page as a sheet. Raises PageUnread where it has none."""
    reader = _Reader(into)
    reader.feed(_decoded(data))
    reader.close()
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


class _Reader(HTMLParser):
    """Rows of the outermost tables; what stands in a table within a cell is text of that cell."""

    def __init__(self, into: Rows) -> None:
        super().__init__(convert_charrefs=True)
        self.tables = 0
        self._into, self._depth, self._at = into, 0, 0
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._below: dict[int, tuple[int, str]] = {}  # what cells say over several rows, by column
        self._spans, self._aside = (1, 1), False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                self.tables += 1
                self._at = 0
                self._into.begin(f"表{self.tables}")
        elif tag in _UNSEEN:
            self._aside = True
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")
        elif self._depth == 1 and tag == "tr":
            self._end_row()
            self._row = []
        elif self._depth == 1 and tag in _CELLS:
            self._end_cell()
            if self._row is None:
                self._row = []
            said = dict(attrs)
            self._cell, self._spans = [], (_span(said.get("rowspan")), _span(said.get("colspan")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._depth:
            if self._depth == 1:
                self._end_row()
                self._below.clear()
                self._into.end()
            self._depth -= 1
        elif tag in _UNSEEN:
            self._aside = False
        elif self._depth == 1 and tag in _CELLS:
            self._end_cell()
        elif self._depth == 1 and tag == "tr":
            self._end_row()

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._aside:
            self._cell.append(data)

    def close(self) -> None:
        super().close()
        if self._depth:
            self._end_row()
            self._into.end()

    def _end_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        said, self._cell = cells.text(" ".join("".join(self._cell).split())), None
        self._covered(self._row)
        down, across = self._spans
        if down > 1:
            self._below[len(self._row)] = down - 1, said
        self._row += [said, *[""] * (min(across, 1_000) - 1)]

    def _covered(self, row: list[str]) -> None:
        """Go on behind cells that reach down from rows above."""
        while (found := self._below.get(len(row))) is not None and found[0] > 0:
            self._below[len(row)] = found[0] - 1, found[1]
            row.append(found[1])

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is None:
            return
        self._covered(self._row)
        if any(self._row):
            self._into.row(self._at, self._row)
        self._at, self._row = self._at + 1, None


def _span(said: str | None) -> int:
    return min(int(said), _SPAN) if said and said.isascii() and said.isdigit() and int(said) else 1

"""The rows of a sheet as they were written, copied with marks on them: styles of wrong cells, a cell of the outcome.

Rows of which nothing is said are copied as they stand, and so is everything around them.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.sax.saxutils import escape

from shared.sheets.cells import column_at, column_name, legal
from shared.sheets.styles import Styles, Unpatchable

_LONGEST = 8 << 20  # of a row, and of what stands above the rows
_BEGIN = re.compile(rb"<((?:\w+:)?)sheetData(?=[\s/>])[^>]*>")
_NUMBER, _STYLE = re.compile(rb"\sr=[\"'](\d+)[\"']"), re.compile(rb"\ss=[\"'](\d+)[\"']")
_PLACE = re.compile(rb"\sr=[\"']([A-Z]{1,3})\d+[\"']")
_DIMENSION = re.compile(rb'(<(?:\w+:)?dimension\s[^>]*?\bref="[A-Z]{1,3}\d+:)([A-Z]{1,3})(\d+")')
_SPANS = re.compile(rb'\sspans="[^"]*"')
# What may stand behind the drawing of the notes, in the order that the format demands.
_BEHIND = re.compile(
    rb"<(?:\w+:)?(?:legacyDrawingHF|drawingHF|picture|oleObjects|controls|webPublishItems|tableParts|extLst)(?=[\s/>])"
    rb"|</(?:\w+:)?worksheet>"
)
_RELATIONS = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class RowMark(NamedTuple):
    """What is said of a row, and which of its cells (columns from 0) are wrong."""

    outcome: str
    wrong: frozenset[int] = frozenset()


class MarkedRows:
    """A sheet being copied: ``until`` a row with marks on some, then the ``rest``. ``drawing`` is the id of a drawing
    that the sheet names for its notes. Raises Unpatchable where the sheet is not written as expected.
    """

    def __init__(
        self, pieces: Iterator[bytes], styles: Styles, header: int, outcome_at: int, drawing: str | None
    ) -> None:
        self._pieces, self._styles, self._header, self._outcome_at = pieces, styles, header, outcome_at
        self._drawing, self._held, self._row = drawing, b"", -1
        self._renewed = False  # whether the column of outcomes has been there before
        self._prefix = b""
        self._begin: re.Pattern[bytes] | None = None

    def until(self, last: int, marks: Mapping[int, RowMark]) -> Iterator[bytes]:
        """The sheet up to a row (from 0), with marks on rows (from 0)."""
        yield from self._above()
        while (found := self._next()) is not None:
            begin, end = found
            number = _NUMBER.search(begin[1])
            row = int(number[1]) - 1 if number else self._row + 1
            if row > last:
                return
            mark = marks.get(row)
            yield self._held[: begin.start()]
            yield self._held[begin.start() : end] if mark is None else self._with(row, begin, end, mark)
            self._held, self._row = self._held[end:], row

    def rest(self) -> Iterator[bytes]:
        """The sheet to its end."""
        yield from self._above()
        if self._drawing is None:
            yield self._held
            yield from self._pieces
            return
        # What stands behind the rows is short beside them, and is needed as a whole.
        while not self._at_end():
            cut = self._held.rfind(b"</%srow>" % self._prefix)
            yield self._held[: max(cut, 0)]
            self._held = self._held[max(cut, 0) :]
            if not self._more():
                raise Unpatchable("end of the rows")
        tail = self._held + b"".join(self._pieces)
        rows, mark, behind = tail.partition(b"</%ssheetData>" % self._prefix)
        found = _BEHIND.search(behind)
        if found is None:
            raise Unpatchable("end of the sheet")
        named = b'<%slegacyDrawing xmlns:r="%s" r:id="%s"/>' % (self._prefix, _RELATIONS, self._drawing.encode())
        yield rows + mark + behind[: found.start()] + named + behind[found.start() :]

    def _at_end(self) -> bool:
        return b"</%ssheetData>" % self._prefix in self._held

    def _more(self) -> bool:
        if (piece := next(self._pieces, None)) is None:
            return False
        self._held += piece
        if len(self._held) > _LONGEST:
            raise Unpatchable("rows of an ordinary length")
        return True

    def _above(self) -> Iterator[bytes]:
        """What stands above the rows."""
        if self._begin is not None:
            return
        while (found := _BEGIN.search(self._held)) is None:
            if not self._more():
                raise Unpatchable("rows")
        if found[0].endswith(b"/>"):
            raise Unpatchable("any rows")
        self._prefix = found[1]
        self._begin = re.compile(rb"<%srow(?=[\s/>])([^>]*?)(/?)>|</%ssheetData>" % (self._prefix, self._prefix))
        c = self._prefix + b"c"
        self._cell = re.compile(rb"<%s(?=[\s/>])([^>]*?)(?:/>|>.*?</%s>)" % (c, c), re.DOTALL)
        self._close = b"</%srow>" % self._prefix
        yield _DIMENSION.sub(self._widened, self._held[: found.end()])
        self._held = self._held[found.end() :]

    def _widened(self, found: re.Match[bytes]) -> bytes:
        """What the sheet says of its extent, with the column of outcomes."""
        last = found[2].decode()
        if column_at(last) >= self._outcome_at:
            return found[0]
        return found[1] + column_name(self._outcome_at).encode() + found[3]

    def _next(self) -> tuple[re.Match[bytes], int] | None:
        """The next row in what is held: its first tag, and where it ends; None behind the last one."""
        assert self._begin is not None
        while True:
            found = self._begin.search(self._held)
            if found is not None and found[1] is None:
                return None
            if found is not None and found[2]:
                return found, found.end()
            if found is not None and (end := self._held.find(self._close, found.end())) >= 0:
                return found, end + len(self._close)
            if not self._more():
                raise Unpatchable("end of a row")

    def _with(self, row: int, begin: re.Match[bytes], end: int, mark: RowMark) -> bytes:
        """A row with its mark."""
        said = _SPANS.sub(b"", begin[1])
        inner = b"" if begin[2] else self._held[begin.end() : end - len(self._close)]
        simple = not (mark.wrong or self._renewed or self._styles.ours or row == self._header)
        if simple and self._last(inner) < self._outcome_at and b"extLst" not in inner:
            inner += self._outcome(row, mark, b"")
        else:
            inner = self._edited(row, inner, mark)
        return b"<%srow%s>%s%s" % (self._prefix, said, inner, self._close)

    def _last(self, inner: bytes) -> int:
        """The column of the last cell; far away where cells do not say where they are."""
        found = None
        at = inner.rfind(b"<%sc " % self._prefix)
        if at >= 0:
            found = _PLACE.match(inner, at + len(self._prefix) + 2)
        return column_at(found[1].decode()) if found else (1 << 14 if at >= 0 else -1)

    def _edited(self, row: int, inner: bytes, mark: RowMark) -> bytes:
        """Cells of a row with those that are wrong, or were, in their style, and the outcome where it belongs."""
        out, at, column, style = list[bytes](), 0, -1, b""
        waiting = sorted({*mark.wrong, self._outcome_at})
        for found in self._cell.finditer(inner):
            out.append(inner[at : found.start()])
            at = found.end()
            place = _PLACE.search(found[1])
            column = column_at(place[1].decode()) if place else column + 1
            while waiting and waiting[0] < column:
                out.append(self._missing(row, waiting.pop(0), mark, style))
            named = _STYLE.search(found[1])
            own = named[1] if named else b"0"
            if column == self._outcome_at:
                waiting.remove(column)
                self._renewed = True
                out.append(self._outcome(row, mark, own))
                continue
            if column in mark.wrong:
                waiting.remove(column)
                out.append(self._styled(found, self._styles.marked(own)))
            elif own in self._styles.ours:
                out.append(self._styled(found, self._styles.unmarked(own)))
            else:
                out.append(found[0])
            style = own if row == self._header else b""
        out += [self._missing(row, column, mark, style) for column in waiting]
        return b"".join([*out, inner[at:]])

    def _missing(self, row: int, column: int, mark: RowMark, style: bytes) -> bytes:
        """A cell that was not there."""
        if column == self._outcome_at:
            return self._outcome(row, mark, style)
        place = f"{column_name(column)}{row + 1}".encode()
        return b'<%sc r="%s" s="%s"/>' % (self._prefix, place, self._styles.marked(b"0"))

    def _styled(self, found: re.Match[bytes], style: bytes) -> bytes:
        said = _STYLE.sub(b"", found[1])
        begin = b'<%sc s="%s"%s' % (self._prefix, style, said)
        return begin + found[0][len(self._prefix) + 2 + len(found[1]) :]

    def _outcome(self, row: int, mark: RowMark, style: bytes) -> bytes:
        p, place = self._prefix, f"{column_name(self._outcome_at)}{row + 1}".encode()
        if not mark.outcome:
            return b""
        named = b' s="%s"' % style if style and style != b"0" else b""
        said = escape(legal(mark.outcome)).encode()
        return b'<%sc r="%s"%s t="inlineStr"><%sis><%st>%s</%st></%sis></%sc>' % (
            p,
            place,
            named,
            p,
            p,
            said,
            p,
            p,
            p,
        )

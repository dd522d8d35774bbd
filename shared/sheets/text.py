"""Text of a table as it arrives, in UTF-8, GB18030 or UTF-16, cells between commas, tabs or semicolons: it becomes
rows of CSV, one a line, or is refused.
"""

import codecs
import csv
import io
from collections.abc import Callable, Sequence

from shared.sheets.problems import LineBreakInField, LineTooLong, NotText
from shared.sheets.records import Dialect
from shared.sheets.tables import HEADER_WITHIN, find_header

LONGEST = 1 << 16
_LINES_OF_A_CELL = 20
_SEPARATORS = (",", "\t", ";", "|", "，", "；")
IsHeader = Callable[[tuple[str, ...]], bool]
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Text:
    """Text being received: what comes in is decoded, its line ends made one, and refused where it is none."""

    def __init__(self, beginning: bytes, is_header: IsHeader) -> None:
        encoding = _encoding(beginning, is_header)
        sample = codecs.getincrementaldecoder(encoding)("replace").decode(beginning)
        self.dialect = Dialect(encoding, _separator(sample, is_header))
        decoder = codecs.getincrementaldecoder(encoding)()
        self._newlines = io.IncrementalNewlineDecoder(decoder, translate=True)
        self._row, self._rest = 1, ""
        self._open: list[str] = []  # a row of which a cell goes on in the next line

    def take(self, content: bytes, *, final: bool = False) -> list[str]:
        """The rows of the next bytes. Raises NotText, LineBreakInField, LineTooLong (422)."""
        try:
            text = self._newlines.decode(content, final=final)
        except UnicodeDecodeError as error:
            raise NotText(rule="UTF-8, GB18030 or UTF-16") from error
        if "\0" in text:
            raise NotText(rule="text")
        lines = (self._rest + text).split("\n")
        self._rest = lines.pop()
        if final and self._rest:
            lines.append(self._rest)
        rows = self._joined(lines, final=final) if self._open or any('"' in line for line in lines) else lines
        for row, line in enumerate((*rows, self._rest), self._row):
            if len(line) > LONGEST:
                raise LineTooLong(field=f"line {row}", rule=f"at most {LONGEST} characters", line=row)
        self._row += len(rows)
        return rows if self.dialect.separator == "," else self._between_commas(rows)

    def _joined(self, lines: Sequence[str], *, final: bool) -> list[str]:
        """Each row as one line: a cell between quotes may hold line breaks, which become spaces."""
        rows = list[str]()
        for line in lines:
            odd = line.count('"') % 2
            if not self._open and not odd:
                rows.append(line)
                continue
            self._open.append(line)
            if odd and len(self._open) > 1:
                rows.append(self._row_of(len(rows)))
            elif len(self._open) > _LINES_OF_A_CELL:
                raise self._broken(len(rows))
        if final and self._open:
            raise self._broken(len(rows))
        return rows

    def _row_of(self, before: int) -> str:
        """The row whose open cell has ended. What stands between its quotes is one cell, or a quote is missing."""
        first, *between, last = self._open
        outside, _, inside = first.rpartition('"')
        within = [inside, *between, last.partition('"')[0]]
        if outside[-1:] not in ("", self.dialect.separator) or any(self.dialect.separator in part for part in within):
            raise self._broken(before)
        row, self._open = " ".join(self._open), []
        return row

    def _broken(self, before: int) -> LineBreakInField:
        row = self._row + before
        return LineBreakInField(field=f"line {row}", rule="one line a row", line=row)

    def _between_commas(self, rows: Sequence[str]) -> list[str]:
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(csv.reader(rows, delimiter=self.dialect.separator))
        return out.getvalue().split("\n")[:-1]


def _encoding(beginning: bytes, is_header: IsHeader) -> str:
    """By its mark; else by the header, which is Chinese: UTF-16 where that makes one, UTF-8 where it is that, else
    GB18030.
    """
    if beginning.startswith(_WIDE):
        return "utf-16"
    for encoding in ("utf-16-le", "utf-16-be") if b"\0" in beginning else ():
        if _splits(beginning.decode(encoding, "replace"), is_header):
            return encoding
    try:
        codecs.getincrementaldecoder("utf-8-sig")().decode(beginning)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _separator(sample: str, is_header: IsHeader) -> str:
    """What makes a header of one of the first lines; else what most often stands in one of them."""
    if found := _splits(sample, is_header):
        return found
    lines = sample.splitlines()[:HEADER_WITHIN]
    return max(_SEPARATORS, key=lambda separator: max((line.count(separator) for line in lines), default=0))


def _splits(sample: str, is_header: IsHeader) -> str | None:
    """What makes a header of one of the first lines."""
    lines = [line[:LONGEST] for line in sample.splitlines()[:HEADER_WITHIN]]
    for separator in _SEPARATORS:
        rows = [",".join(cell.replace(",", "") for cell in row) for row in csv.reader(lines, delimiter=separator)]
        if is_header(find_header("\n".join(rows), is_header).columns):
            return separator
    return None

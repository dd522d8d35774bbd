"""Text of a table as it arrives: CSV in UTF-8 or GB18030 becomes lines of UTF-8, one row a line, or is refused."""

import codecs
import csv
import io
from collections.abc import Callable

from shared.sheets.problems import LineBreakInField, LineTooLong, NotText
from shared.sheets.records import Header

LONGEST = 1 << 16
HEADER_WITHIN = 20  # titles and watermarks may stand above the header


class Text:
    """CSV text being received: what comes in is decoded, its line ends made one, and refused where it is none."""

    def __init__(self, beginning: bytes) -> None:
        self._newlines = io.IncrementalNewlineDecoder(_decoder(beginning), translate=True)
        self._line, self._rest = 1, ""

    def take(self, content: bytes, *, final: bool = False) -> str:
        """The text of the next bytes. Raises NotText, LineBreakInField, LineTooLong (422)."""
        try:
            text = self._newlines.decode(content, final=final)
        except UnicodeDecodeError as error:
            raise NotText(rule="UTF-8 or GB18030") from error
        if "\0" in text:
            raise NotText(rule="text")
        self._count(text, final=final)
        return text

    def _count(self, text: str, *, final: bool) -> None:
        """Every line has an even number of quotes, or a field goes on in the next."""
        lines = (self._rest + text).split("\n")
        self._rest = "" if final else lines.pop()
        for number, line in enumerate((*lines, self._rest), self._line):
            if len(line) > LONGEST:
                raise LineTooLong(field=f"line {number}", rule=f"at most {LONGEST} characters", line=number)
        if '"' in text or '"' in self._rest:
            for number, line in enumerate(lines, self._line):
                if line.count('"') % 2:
                    raise LineBreakInField(field=f"line {number}", rule="one line a row", line=number)
        self._line += len(lines)


def _decoder(beginning: bytes) -> codecs.IncrementalDecoder:
    """By the header, which is Chinese: UTF-8 where it is that, else GB18030."""
    try:
        codecs.getincrementaldecoder("utf-8-sig")().decode(beginning)
    except UnicodeDecodeError:
        return codecs.getincrementaldecoder("gb18030")()
    return codecs.getincrementaldecoder("utf-8-sig")()


def find_header(beginning: str, is_header: Callable[[tuple[str, ...]], bool]) -> Header:
    """The header near the beginning of a text; the first line that is not blank where none is recognised."""
    first: Header | None = None
    for number, cells in enumerate(csv.reader(beginning.split("\n")[:HEADER_WITHIN]), 1):
        columns = tuple("".join(cell.split()).strip("*") for cell in cells)
        if is_header(columns):
            return Header(number, columns)
        if first is None and any(columns):
            first = Header(number, columns)
    return first or Header(1, ())

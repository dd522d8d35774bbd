"""The tables of a file, found while its lines arrive and laid one below the other into one text.

A table begins with a header near the top of a sheet. What is not read of a file is said in remarks: sheets that are
hidden or have no table of the expected kind, lines above a header.
"""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from shared.problems import Problem
from shared.sheets.problems import ColumnsMissing, HeaderNotFound
from shared.sheets.records import Expected, Header, Position, Remark, Table
from shared.words import Name

HEADER_WITHIN = 20  # titles and watermarks may stand above the header
TURN = b"\x02"  # begins a line that is about the sheets, not of one


class Tables:
    """Tables being found: ``begin`` a sheet, ``take`` its lines (what it returns is text to be kept), ``end`` it."""

    def __init__(self, expected: Expected) -> None:
        self.expected = expected
        self.found: list[Table] = []
        self.remarks: list[Remark] = []
        self._at, self._kind, self._rest = Position(), "", b""
        self._looked: list[tuple[str | None, Header]] = []
        self._refusals: list[Problem] = []
        self._sheet: str | None = None
        self._held: list[bytes] | None = None
        self._taken, self._unread, self._why = False, 0, ("", "", "")

    def begin(self, sheet: str | None) -> None:
        """A sheet begins; text has none."""
        self._sheet, self._held, self._taken, self._unread = sheet, [], False, 0

    def take(self, lines: list[bytes]) -> bytes:
        """The text of some lines of a sheet, as far as it is read."""
        if self._held is not None:
            self._held += lines
            if len(self._held) <= HEADER_WITHIN:
                return b""
            lines, self._held = self._held, None
            self._decide(lines)
        if self._taken:
            self._at = self._at.after(lines)
            return b"".join(line + b"\n" for line in lines)
        self._unread += sum(1 for line in lines if says(line))
        return b""

    def end(self, hidden: int = 0, width: int = 0) -> bytes:
        """The sheet ends: the text of what was still held."""
        held, text = self._held, b""
        if held is not None:
            self._held = None
            self._decide(held)
            text = self.take(held)
        if self._taken:
            self.found[-1] = replace(self.found[-1], ends=self._at.line, width=width)
            if hidden:
                zh, en = (
                    f"有{hidden}行被隐藏或筛选，已照常读取",
                    f"{hidden} rows are hidden or filtered; they are read",
                )
                self._remark("hidden rows", zh, en, lines=hidden)
        elif self._unread:
            rule, zh, en = self._why
            self._remark(rule, f"{zh}（{self._unread}行）", f"{en} ({self._unread} rows)", lines=self._unread)
        return text

    def piece(self, piece: bytes) -> bytes:
        """The text of a piece of what the reader of workbooks says."""
        lines = (self._rest + piece).split(b"\n")
        self._rest = lines.pop()
        text, some = [], list[bytes]()
        for line in lines:
            if line.startswith(TURN):
                text += [self.take(some), self._turn(json.loads(line[1:]))]
                some = []
            else:
                some.append(line)
        return b"".join([*text, self.take(some)])

    def _turn(self, said: object) -> bytes:
        match said:
            case {"sheet": str(name)}:
                self.begin(name)
            case {"hidden": int(hidden), "width": int(width)}:
                return self.end(hidden, width)
            case {"passed": str(name), "lines": int(lines)}:
                self._sheet = name
                zh, en = f"工作表已隐藏，未读取（{lines}行）", f"the sheet is hidden; not read ({lines} rows)"
                self._remark("hidden sheet", zh, en, lines=lines)
        return b""

    def close(self) -> None:
        """The file is over. Raises why nothing of it can be read: ColumnsMissing or another problem of its header,
        HeaderNotFound where several sheets were looked at (422).
        """
        if self.found:
            return
        if self._refusals:
            raise self._refusals[0]
        sheets = tuple(Name(sheet) for sheet, _ in self._looked if sheet is not None)
        columns = max((header.columns for _, header in self._looked), key=len, default=())
        try:
            self.expected.check(columns)
        except ColumnsMissing as missing:
            if not sheets:
                raise
            rule = f"a header within {HEADER_WITHIN} rows"
            raise HeaderNotFound(field="header", rule=rule, sheets=sheets, columns=missing.columns) from missing
        raise HeaderNotFound(field="header", rule="a header", sheets=sheets, columns=())

    def _decide(self, lines: list[bytes]) -> None:
        """Find the header among the first lines of a sheet, and whether it makes a table that is read."""
        read = [line.decode() for line in lines[: HEADER_WITHIN + 1]]
        header = find_header("\n".join(read), self.expected.is_header)
        top = self._at
        if not self.expected.is_header(header.columns):
            self._looked.append((self._sheet, header))
            zh, en = "没有登记表的表头，未读取", "there is no header of such a table; not read"
            self._why = "no header", zh, en
            if self._sheet is None:
                self.close()
            return
        try:
            kind = self.expected.check(header.columns)
        except Problem as problem:
            if self._sheet is None:
                raise
            self._refusals.append(problem)
            zh, en = f"未读取：{problem.sentence('zh')}", f"not read: {problem.sentence('en')}"
            self._why = problem.slug, zh, en
            return
        if self.found and kind != self._kind:
            zh = "与前面的工作表不是同一种表，未读取，请另存为单独的文件上传"
            self._why = "one kind of table", zh, "another kind of table; not read: send it as a file of its own"
            return
        self._kind, self._taken = kind, True
        rows = self._at.after(lines[: header.line])
        at = Header(top.line + header.line - 1, header.columns)
        self.found.append(Table(at, rows, None, self._sheet, top))
        if above := sum(1 for line in lines[: header.line - 1] if says(line)):
            zh, en = f"表头上方{above}行未读取", f"{above} rows above the header are not read"
            self._remark("above the header", zh, en, line=1, lines=above)

    def _remark(self, rule: str, zh: str, en: str, *, line: int = 0, lines: int = 0) -> None:
        self.remarks.append(remark(self._sheet, rule, zh, en, line=line, lines=lines))


def remark(sheet: str | None, rule: str, zh: str, en: str, *, line: int = 0, lines: int = 0) -> Remark:
    """A remark that names the sheet it is about."""
    if sheet is not None:
        zh, en = f"工作表“{sheet}”：{zh}", f"Sheet {sheet}: {en}"
    return Remark(line, lines, rule, zh, en, sheet)


def passed_over(lines: Sequence[int], table: Table) -> Iterator[Remark]:
    """Remarks on lines of a table that are no records, one for those that follow each other."""
    first = 0
    for at, line in enumerate(lines):
        if at + 1 < len(lines) and lines[at + 1] == line + 1:
            continue
        row, count = table.row(lines[first]), at + 1 - first
        which = f"第{row}行" if count == 1 else f"第{row}至{row + count - 1}行"
        zh = f"{which}不是数据（合计、签字、说明或重复的表头），未读取"
        en = "no record (a sum, a signature, a note, the header again); not read"
        yield remark(table.sheet, "no record", zh, en, line=row, lines=count)
        first = at + 1


def says(line: bytes) -> bool:
    """Whether any cell of a line of text holds something."""
    return bool(line.strip(b',"'))


def find_header(beginning: str, is_header: Callable[[tuple[str, ...]], bool]) -> Header:
    """The header near the beginning of a text, the last line of it where it has several; the first line that is not
    blank where none is recognised.
    """
    first, found = None, None
    for number, cells in enumerate(csv.reader(beginning.split("\n")[: HEADER_WITHIN + 1]), 1):
        columns = tuple("".join(cell.split()).strip("*") for cell in cells)
        if is_header(columns):
            found = Header(number, columns)
        elif found or number > HEADER_WITHIN:
            break
        elif first is None and any(columns):
            first = Header(number, columns)
    return found or first or Header(1, ())

"""Files of rows and what is known of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Kind = Literal["csv", "workbook"]


@dataclass(frozen=True, slots=True)
class Header:
    """The line (from 1) on which a table's header stands, and its columns without spaces and asterisks."""

    line: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of a file: which line is the header of a table (titles may stand above it), and that its
    columns will do (``check`` raises a problem where they will not, and says which kind of table they make: the
    tables of one file are of one kind).
    """

    is_header: Callable[[tuple[str, ...]], bool]
    check: Callable[[tuple[str, ...]], str]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a text is read: the byte at which a line (from 1) begins."""

    offset: int = 0
    line: int = 1

    def to_json(self) -> dict[str, object]:
        return {"offset": self.offset, "line": self.line}

    def after(self, lines: list[bytes]) -> "Position":
        """The position behind lines that were read from here."""
        return Position(self.offset + sum(len(line) + 1 for line in lines), self.line + len(lines))


@dataclass(frozen=True, slots=True)
class Table:
    """A table in the text of a file: where its rows begin and the line behind them (None: to the end). Of a workbook
    also the sheet, where in the text its first row is, and how many columns its widest row has.
    """

    header: Header
    rows: Position
    ends: int | None = None
    sheet: str | None = None
    top: Position = Position()
    width: int = 0

    def row(self, line: int) -> int:
        """The row of the sheet that a line of the text is."""
        return line - self.top.line + 1


@dataclass(frozen=True, slots=True)
class Dialect:
    """How text came: its encoding and what stood between its cells."""

    encoding: str
    separator: str


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file that was received, and the tables in its text. ``bytes`` are those of its text; a workbook has neither
    text nor tables before it is opened, and is kept as it was ``sent``; text came in a ``dialect``.
    """

    id: UUID
    division: str
    kind: Kind
    bytes: int
    tables: tuple[Table, ...]
    sent: UUID | None
    dialect: Dialect | None = None

    @property
    def header(self) -> Header | None:
        """The header of its first table."""
        return self.tables[0].header if self.tables else None

    def table_at(self, line: int) -> Table:
        """The table that a line of the text belongs to, or the next one behind it; the last one behind them all."""
        behind = (one for one in self.tables if one.ends is None or line < one.ends)
        return next(behind, self.tables[-1])


@dataclass(frozen=True, slots=True)
class Window:
    """Whole lines of a text from a position on, and whether it ends with them."""

    start: Position
    lines: list[bytes]
    ended: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of one table as lines of text, whether it ends with them (``ended``), and the file too (``over``)."""

    table: Table
    start: Position
    lines: list[bytes]
    ended: bool
    over: bool


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong in a file: the line of its text, the column, the rule. To people the line is the row of
    a ``sheet``.
    """

    line: int
    field: str
    rule: str
    zh: str
    en: str
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """What whoever sent a file has to know of it: so many lines from a line (from 1; 0 where it is about a sheet or a
    column) were not read, or read although they were hidden.
    """

    line: int
    lines: int
    rule: str
    zh: str
    en: str
    sheet: str | None = None

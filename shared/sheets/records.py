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
    """What is expected of a file: which line is its header (titles may stand above it), and that its columns will do
    (``check`` raises a problem where they will not).
    """

    is_header: Callable[[tuple[str, ...]], bool]
    check: Callable[[tuple[str, ...]], object]


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file that was received. ``bytes`` are those of its text; a workbook has neither text nor header before it is
    opened, and is kept as it was ``sent``.
    """

    id: UUID
    division: str
    kind: Kind
    bytes: int
    header: Header | None
    sent: UUID | None


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
class Window:
    """Whole lines of a text from a position on, and whether it ends with them."""

    start: Position
    lines: list[bytes]
    ended: bool


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong in a file: the line, the column, the rule."""

    line: int
    field: str
    rule: str
    zh: str
    en: str

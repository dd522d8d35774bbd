"""Rows of an .xlsx workbook in one pass over each sheet: values as a person sees them, and what cannot be taken for
one: formulas, errors, numbers that lost digits. Of the workbook only its texts are held, as bytes.
"""

import re
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from zipfile import ZipInfo

from shared.sheets import markup
from shared.sheets.cells import DIGITS, ERROR, FORMULA, column_at, text
from shared.sheets.container import entries, inflate
from shared.sheets.problems import ROWS, BrokenWorkbook, TooManyFormulas, TooManyRows
from shared.sheets.rows import MOST_COLUMNS, Rows

MARKED = 10_000
_SMALL = 8 << 20  # of the entries beside sheets and texts
_OVERLAP = 1 << 8
_MERGED = re.compile(
    rb'<(?:\w+:)?mergeCell\b[^>]*?\bref=["\']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})["\']'
)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DAYS_BUILT_IN = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_NOT_A_PART = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 (days of a sheet are in no zone)
_LAST_DAY = 2_958_465
_FEW_DIGITS = 15
_DIGITS = "0123456789"
Handler = TypeVar("Handler")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: what it is called, the entry that it is, whether it is hidden."""

    name: str
    entry: ZipInfo
    hidden: bool


class Texts:
    """The texts that a workbook shares among its cells."""

    def __init__(self) -> None:
        self._all, self._ends = bytearray(), array("Q", [0])

    def add(self, value: str) -> None:
        self._all += value.encode("utf-8", "replace")
        self._ends.append(len(self._all))

    def __getitem__(self, position: int) -> str:
        if not 0 <= position < len(self._ends) - 1:
            raise BrokenWorkbook(rule="texts that cells name")
        return self._all[self._ends[position] : self._ends[position + 1]].decode()


@dataclass(frozen=True, slots=True)
class Book:
    """What of a workbook its sheets need: the shared texts, which styles show days, from when days count."""

    texts: Texts
    days: frozenset[str]
    epoch: datetime


def sheets(data: bytes) -> tuple[list[Sheet], bool]:
    """The sheets of a checked workbook in their order, and whether days are counted from 1904."""
    found: list[tuple[str, str, bool]] = []
    counted_from_1904 = False

    def start(tag: str, said: Mapping[str, str]) -> None:
        nonlocal counted_from_1904
        name = markup.local(tag)
        if name == "sheet":
            hidden = said.get("state", "visible") != "visible"
            found.append((said.get("name", ""), markup.attribute(said, "id") or "", hidden))
        elif name == "workbookPr":
            counted_from_1904 = said.get("date1904") in ("1", "true")

    by_name = {entry.filename: entry for entry in entries(data)}
    markup.read(_entry(data, by_name, "xl/workbook.xml"), start)
    places = relations(data, by_name, "xl/workbook.xml", "/worksheet")
    listed = [Sheet(name, by_name[places[id]], hidden) for name, id, hidden in found if places.get(id) in by_name]
    if not any(not sheet.hidden for sheet in listed):
        raise BrokenWorkbook(rule="a visible sheet")
    return listed, counted_from_1904


def relations(data: bytes, by_name: Mapping[str, ZipInfo], of: str, kind: str) -> dict[str, str]:
    """The entries of a kind that an entry names, by the id under which it does."""
    folder, _, file = of.rpartition("/")
    found: dict[str, str] = {}

    def start(_tag: str, said: Mapping[str, str]) -> None:
        target = resolved(folder, said.get("Target", ""))
        if said.get("Type", "").endswith(kind) and target in by_name:
            found[said.get("Id", "")] = target

    path = f"{folder}/_rels/{file}.rels"
    if path in by_name:
        markup.read(_entry(data, by_name, path), start)
    return found


def resolved(folder: str, target: str) -> str:
    """The name of an entry that is named from within a folder."""
    if target.startswith("/"):
        return target[1:]
    parts = folder.split("/")
    for part in target.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(part for part in parts if part)


def read(data: bytes, into: Rows) -> None:
    """Every row of every visible sheet, and how many rows the hidden ones have. Raises what is wrong (422)."""
    listed, counted_from_1904 = sheets(data)
    by_name = {entry.filename: entry for entry in entries(data)}
    epoch = _EPOCH_1904 if counted_from_1904 else _EPOCH
    book = Book(_texts(data, by_name), _day_styles(data, by_name), epoch)
    for sheet in listed:
        into.begin(sheet.name, merged(data, sheet.entry), hidden=sheet.hidden)
        cells = _Cells(book, into.row)
        markup.read(inflate(data, sheet.entry), cells.start, cells.end, cells.take)
        into.end()


def _entry(data: bytes, by_name: Mapping[str, ZipInfo], name: str) -> Iterator[bytes]:
    if name not in by_name:
        raise BrokenWorkbook(rule=name)
    return inflate(data, by_name[name], _SMALL)


def merged(data: bytes, sheet: ZipInfo) -> Iterator[tuple[int, int, int]]:
    """The merged cells that cover several rows: first row, last row, first column (from 0)."""
    before = b""
    for piece in inflate(data, sheet):
        joined = before + piece
        if b"mergeCell" in joined:
            for left, top, _, bottom in _MERGED.findall(joined):
                if int(top) < int(bottom):
                    yield int(top) - 1, int(bottom) - 1, column_at(left.decode())
        before = joined[-_OVERLAP:]


def _texts(data: bytes, by_name: Mapping[str, ZipInfo]) -> Texts:
    found, parts = Texts(), list[str]()
    path = next(iter(relations(data, by_name, "xl/workbook.xml", "/sharedStrings").values()), "")
    within, aside = False, False

    def start(tag: str, _said: Mapping[str, str]) -> None:
        nonlocal within, aside
        name = markup.local(tag)
        within = name == "t" and not aside
        aside = aside or name == "rPh"  # how it is read aloud

    def end(tag: str) -> None:
        nonlocal within, aside
        name, within = markup.local(tag), False
        if name == "rPh":
            aside = False
        elif name == "si":
            found.add(_plain("".join(parts)))
            parts.clear()

    def take(said: str) -> None:
        if within:
            parts.append(said)

    if path in by_name:
        markup.read(inflate(data, by_name[path]), start, end, take)
    return found


def _day_styles(data: bytes, by_name: Mapping[str, ZipInfo]) -> frozenset[str]:
    """The styles of cells, by their number, that show a number as a day."""
    formats, days = dict[str, bool](), set[str]()
    within, count = False, 0
    path = next(iter(relations(data, by_name, "xl/workbook.xml", "/styles").values()), "")

    def start(tag: str, said: Mapping[str, str]) -> None:
        nonlocal within, count
        name = markup.local(tag)
        if name == "numFmt":
            parts = _NOT_A_PART.sub("", said.get("formatCode", "")).lower()
            formats[said.get("numFmtId", "")] = "general" not in parts and not {*"ymdhs"}.isdisjoint(parts)
        elif name == "cellXfs":
            within = True
        elif name == "xf" and within:
            id = said.get("numFmtId", "0")
            if formats.get(id, id.isdigit() and int(id) in _DAYS_BUILT_IN):
                days.add(str(count))
            count += 1

    def end(tag: str) -> None:
        nonlocal within
        if markup.local(tag) == "cellXfs":
            within = False

    if path in by_name:
        markup.read(_entry(data, by_name, path), start, end)
    return frozenset(days)


class _ByName(dict[str, Handler]):
    """What is done with elements by their names, with whatever prefix; with others something else."""

    def __init__(self, otherwise: Handler) -> None:
        super().__init__()
        self._otherwise = otherwise

    def __missing__(self, tag: str) -> Handler:
        self[tag] = found = self.get(markup.local(tag), self._otherwise)
        return found


class _Cells:
    """Cells of one sheet being read, handed on row by row: position (from 0), cells, whether it is hidden."""

    def __init__(self, book: Book, row: Callable[[int, list[str], bool], None]) -> None:
        self._book, self._row = book, row
        self._cells, self._parts, self._columns = list[str](), list[str](), dict[str, int]()
        self._at, self._column, self._kind, self._style, self._formulas = -1, -1, "n", "", 0
        self._hidden = self._collecting = self._formula = self._aside = False
        self._starts: _ByName[Callable[[Mapping[str, str]], None]] = _ByName(lambda _said: None)
        self._starts |= {"c": self._cell, "v": self._text, "t": self._text, "row": self._begin_row}
        self._starts |= {"f": self._is_formula, "rPh": self._begin_aside}
        self._ends: _ByName[Callable[[], None]] = _ByName(lambda: None)
        self._ends |= {"c": self._end_cell, "v": self._end_text, "t": self._end_text, "row": self._end_row}
        self._ends |= {"rPh": self._end_aside}

    def start(self, tag: str, said: Mapping[str, str]) -> None:
        self._starts[tag](said)

    def end(self, tag: str) -> None:
        self._ends[tag]()

    def take(self, said: str) -> None:
        if self._collecting:
            self._parts.append(said)

    def _begin_row(self, said: Mapping[str, str]) -> None:
        self._at = int(said["r"]) - 1 if "r" in said else self._at + 1
        self._hidden, self._column = said.get("hidden") in ("1", "true"), -1
        self._cells = []

    def _end_row(self) -> None:
        if self._formulas > MARKED:
            raise TooManyFormulas
        if self._cells:
            self._row(self._at, self._cells, self._hidden)

    def _cell(self, said: Mapping[str, str]) -> None:
        if (place := said.get("r")) is None:
            self._column += 1
        else:
            letters = place.rstrip(_DIGITS)
            if (found := self._columns.get(letters)) is None:
                found = self._columns[letters] = column_at(letters)
                if found < 0:
                    raise BrokenWorkbook(rule="cells that say their column")
            self._column = found
        self._kind, self._style, self._formula = said.get("t", "n"), said.get("s", ""), False
        self._parts.clear()

    def _end_cell(self) -> None:
        if not self._parts and not self._formula:
            return
        value = _value("".join(self._parts), self._kind, self._style, self._book)
        if self._formula:
            self._formulas += 1
            value = FORMULA + value.removeprefix(DIGITS).removeprefix(ERROR)
        if not value:
            return
        cells, column = self._cells, self._column
        if column == len(cells):
            cells.append(value)
        elif column < len(cells):
            cells[column] = value
        elif column < MOST_COLUMNS:
            cells += [""] * (column - len(cells)) + [value]
        else:
            raise TooManyRows(limit=ROWS)

    def _text(self, _said: Mapping[str, str]) -> None:
        self._collecting = not self._aside

    def _end_text(self) -> None:
        self._collecting = False

    def _is_formula(self, _said: Mapping[str, str]) -> None:
        self._formula = True

    def _begin_aside(self, _said: Mapping[str, str]) -> None:
        self._aside = True  # how a text is read aloud

    def _end_aside(self) -> None:
        self._aside = False


def _value(raw: str, kind: str, style: str, book: Book) -> str:
    """A cell as a person sees it."""
    if kind in ("n", ""):
        return _number(raw, style, book)
    match kind:
        case "s":
            return book.texts[int(raw)]
        case "e":
            return ERROR
        case "b":
            return text(raw == "1")
        case "d":
            return text(datetime.fromisoformat(raw.replace("Z", "")))
    return _plain(raw)


def _number(raw: str, style: str, book: Book) -> str:
    if style in book.days and (shown := _day(raw, book.epoch)):
        return shown
    if raw.isdigit() and raw.isascii() and len(raw) <= _FEW_DIGITS:
        return raw
    return text(float(raw)) if raw.strip() else ""


def _day(raw: str, epoch: datetime) -> str | None:
    days = float(raw)
    if not 0 <= days <= _LAST_DAY:
        return None
    moment = epoch + timedelta(seconds=round(days * 86_400))
    return text(moment if days >= 1 else moment.time())


def _plain(value: str) -> str:
    """A text as it is written, in one line."""
    if "_x" in value:
        value = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
    return value if value.isprintable() else text(value)

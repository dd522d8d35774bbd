"""Workbooks and CSV whose rows are streamed: every cell is text, so none can start a formula, whatever it says; but
those of columns that are said to hold money, numbers or days are these, as far as they do.

xlsxwriter makes the frame (styles, page, properties, a sheet of explanations); the rows of the first sheet
are written into it as they come, which takes constant memory and a fifth of the time.
"""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Protocol, Self
from xml.sax.saxutils import escape

import xlsxwriter

from shared.sheets.cells import column_name, harmless, legal
from shared.sheets.records import Dialect, Kind

_USUAL = Dialect("utf-8-sig", ",")  # with the mark, spreadsheets take the file for UTF-8
# The styles of a frame, in the order in which its second sheet uses them.
_HEADER, _MONEY, _DAY = ' s="1"', ' s="2"', ' s="3"'
_EPOCH = date(1899, 12, 30)
_WIDEST = 24  # characters of a column
_LEAST = {"证件号码": 22, "户主证件号码": 22, "银行卡号": 22, "行政村代码": 14, "户编号": 14, "人编号": 14}
Form = Literal["money", "number", "day"]
_SHEET = "xl/worksheets/sheet1.xml"
_DIMENSION, _ROWS = re.compile("<dimension [^>]*>"), re.compile("<sheetData/>|<sheetData>.*</sheetData>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Frame:
    """What a workbook is beside its rows; ``columns`` are its headers, ``forms`` what columns hold beside text."""

    sheet: str
    explanation: Sequence[str]
    header_row: int = 0
    watermark: str = ""
    title: str = ""
    author: str = ""
    columns: Sequence[str] = ()
    forms: Mapping[int, Form] = field(default_factory=dict)


class Pieces:
    """A file that is only written: what it got is taken away piece by piece."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        return len(data)

    def flush(self) -> None:
        return

    def close(self) -> None:
        return

    def take(self) -> bytes:
        """Everything written since the last time."""
        taken = bytes(self._held)
        self._held.clear()
        return taken


class Workbook:
    """A workbook being written into ``out`` (which needs only ``write``). Use as a context."""

    def __init__(self, out: Any, frame: Frame) -> None:
        self.out, self.frame, self._written = out, frame, _Rows(frame.forms)

    def __enter__(self) -> Self:
        frame = zipfile.ZipFile(io.BytesIO(_frame(self.frame)))
        self._zip = zipfile.ZipFile(self.out, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        for entry in frame.infolist():
            if entry.filename != _SHEET:
                self._zip.writestr(entry, frame.read(entry), zipfile.ZIP_DEFLATED)
        head, tail = _ROWS.split(_DIMENSION.sub("", frame.read(_SHEET).decode()))
        self._tail = f"</sheetData>{tail}"
        self._sheet = self._zip.open(_SHEET, "w", force_zip64=True)
        self._sheet.write(f"{head}<sheetData>".encode())
        return self

    def rows(self, first: int, rows: Iterable[Sequence[str]]) -> None:
        """Write rows from a position (from 0) on."""
        written = self._written.rows(first, rows, self.frame.header_row)
        self._sheet.write(written.encode())

    def __exit__(self, *failure: object) -> None:
        self._sheet.write(self._tail.encode())
        self._sheet.close()
        self._zip.close()


class TableFile(Protocol):
    """A file that is made from rows and taken away piece by piece; it is whole after ``close``."""

    def rows(self, first: int, rows: Iterable[Sequence[str]]) -> None:
        """Write rows from a position (from 0) on."""

    def take(self) -> bytes:
        """Everything made since the last time."""

    def close(self) -> None:
        """Write the end."""


def text_file(dialect: Dialect) -> TableFile:
    """A file of text as such files came."""
    return _CsvFile(dialect)


class Sheets:
    """A workbook of several sheets being written, all text: the next ``sheet``, its ``rows``, ``close``."""

    def __init__(self, names: Sequence[str]) -> None:
        made = io.BytesIO()
        with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
            for name in names:
                book.add_worksheet(name)
        self._out = Pieces()
        self._zip, self._tail = zipfile.ZipFile(self._out, "w", zipfile.ZIP_DEFLATED, compresslevel=1), ""
        with zipfile.ZipFile(made) as frame:
            paths = [f"xl/worksheets/sheet{number}.xml" for number in range(1, len(names) + 1)]
            self._frames = [(path, frame.read(path)) for path in paths]
            for entry in frame.infolist():
                if entry.filename not in paths:
                    self._zip.writestr(entry, frame.read(entry), zipfile.ZIP_DEFLATED)
        self._begun, self._written = False, _Rows()

    def sheet(self) -> None:
        """The next sheet."""
        self._end()
        path, frame = self._frames.pop(0)
        head, self._tail = _ROWS.split(_DIMENSION.sub("", frame.decode()))
        self._into, self._begun = self._zip.open(path, "w", force_zip64=True), True
        self._into.write(f"{head}<sheetData>".encode())

    def rows(self, first: int, rows: Iterable[Sequence[str]]) -> None:
        """Write rows from a position (from 0) on."""
        self._into.write(self._written.rows(first, rows).encode())

    def close(self) -> bytes:
        """The workbook."""
        self._end()
        self._zip.close()
        return self._out.take()

    def _end(self) -> None:
        if self._begun:
            self._into.write(f"</sheetData>{self._tail}".encode())
            self._into.close()


class _Rows:
    """Rows as the XML of a sheet: every cell is text, but for what ``forms`` say of its column."""

    def __init__(self, forms: Mapping[int, Form] | None = None) -> None:
        self._columns: list[str] = []
        self._forms = forms or {}

    def rows(self, first: int, rows: Iterable[Sequence[str]], header: int = -1) -> str:
        """Rows from a position (from 0) on; the header in its style."""
        written = []
        for position, row in enumerate(rows, first):
            if len(row) > len(self._columns):
                self._columns = [f'<c r="{column_name(column)}' for column in range(len(row))]
            forms = self._forms if position > header else {}
            written.append(self._row(position, row, _HEADER if position == header else "", forms))
        return "".join(written)

    def _row(self, position: int, row: Sequence[str], style: str, forms: Mapping[int, Form]) -> str:
        joined = "".join(row)
        if not joined.isprintable() or "&" in joined or "<" in joined or ">" in joined:
            row = [escape(legal(cell)) for cell in row]
        line = position + 1
        cells = [
            f'{column}{line}"{style} t="inlineStr"><is><t>{cell}</t></is></c>'
            if at not in forms or (value := _value(forms[at], cell)) is None
            else f'{column}{line}"{_STYLE[forms[at]]}><v>{value}</v></c>'
            for at, (column, cell) in enumerate(zip(self._columns, row, strict=False))
            if cell
        ]
        return f'<row r="{line}">{"".join(cells)}</row>'


_STYLE: Mapping[Form, str] = {"money": _MONEY, "number": "", "day": _DAY}


def _value(form: Form, cell: str) -> str | None:
    """A cell as a spreadsheet keeps a number or a day; None where it holds neither."""
    try:
        if form == "day":
            return str((date.fromisoformat(cell) - _EPOCH).days)
        number = Decimal(cell)
    except (ValueError, InvalidOperation):
        return None
    return format(number.normalize(), "f") if number.is_finite() else None


def table_file(kind: Kind, frame: Frame) -> TableFile:
    """A file of a kind; of the frame a workbook takes all, CSV nothing."""
    return _WorkbookFile(frame) if kind == "workbook" else _CsvFile()


class _WorkbookFile:
    def __init__(self, frame: Frame) -> None:
        self._out = Pieces()
        self._book = Workbook(self._out, frame).__enter__()
        self.rows, self.take = self._book.rows, self._out.take

    def close(self) -> None:
        self._book.__exit__()


class _CsvFile:
    def __init__(self, dialect: Dialect = _USUAL) -> None:
        self._out, self._encoder = io.StringIO(), codecs.getincrementalencoder(dialect.encoding)("replace")
        self._writer = csv.writer(self._out, delimiter=dialect.separator, lineterminator="\n")

    def rows(self, first: int, rows: Iterable[Sequence[str]]) -> None:
        self._writer.writerows([harmless(cell) for cell in row] for row in rows)

    def take(self) -> bytes:
        taken = self._encoder.encode(self._out.getvalue())
        self._out.seek(0)
        self._out.truncate()
        return taken

    def close(self) -> None:
        return


def _frame(frame: Frame) -> bytes:
    """A finished workbook without rows. Its styles are numbered in the order of their use."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    if frame.title:
        book.set_properties({"title": frame.title, "author": frame.author, "comments": frame.watermark})
    sheet, explained = book.add_worksheet(frame.sheet), book.add_worksheet("说明")
    explained.set_column(0, 0, 100)
    explained.write_string(0, 0, "说明", book.add_format({"bold": True, "bg_color": "#D9E1F2", "border": 1}))
    # Blank cells that use the other styles, so that they are numbered behind the header's.
    explained.write_blank(0, 1, None, book.add_format({"num_format": "#,##0.00"}))
    explained.write_blank(0, 2, None, book.add_format({"num_format": "yyyy-mm-dd"}))
    for row, line in enumerate(frame.explanation, 1):
        explained.write_string(row, 0, line)
    sheet.freeze_panes(frame.header_row + 1, 0)
    sheet.repeat_rows(frame.header_row)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    for at, name in enumerate(frame.columns):
        wide = sum(2 if ord(one) > 0xFF else 1 for one in name) + 2
        sheet.set_column(at, at, min(max(wide, _LEAST.get(name, 10)), _WIDEST))
    if frame.watermark:
        printed = frame.watermark.replace("&", "&&")[:200]
        for page in (sheet, explained):
            page.set_header(f"&C{printed}")
            page.set_footer(f"&L{printed}&R&P / &N")
    book.close()
    return out.getvalue()

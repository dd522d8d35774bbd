"""Workbooks and CSV whose rows are streamed: every cell is text, so none can start a formula, whatever it says.

xlsxwriter makes the frame (styles, comments, page, properties, a sheet of explanations); the rows of the first sheet
are written into it as they come, which takes constant memory and a fifth of the time.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self
from xml.sax.saxutils import escape

import xlsxwriter

from shared.sheets.cells import column_name, harmless
from shared.sheets.records import Kind

NOTES = 5_000  # comments of a workbook: spreadsheets open more of them very slowly
_PLAIN, _HEADER, _WRONG = "", ' s="1"', ' s="2"'
_SHEET = "xl/worksheets/sheet1.xml"
_DIMENSION, _ROWS = re.compile("<dimension [^>]*>"), re.compile("<sheetData/>|<sheetData>.*</sheetData>", re.DOTALL)
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Frame:
    """What a workbook is beside its rows. ``notes`` are comments by row and column (from 0)."""

    sheet: str
    explanation: Sequence[str]
    header_row: int = 0
    watermark: str = ""
    title: str = ""
    author: str = ""
    notes: Mapping[tuple[int, int], str] = field(default_factory=dict)


class Pieces:
    """A file that is only written: what it got is taken away piece by piece."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        return len(data)

    def flush(self) -> None:
        return

    def take(self) -> bytes:
        """Everything written since the last time."""
        taken = bytes(self._held)
        self._held.clear()
        return taken


class Workbook:
    """A workbook being written into ``out`` (which needs only ``write``). Use as a context."""

    def __init__(self, out: Any, frame: Frame) -> None:
        self.out, self.frame = out, frame
        self._columns: list[str] = []

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

    def rows(self, first: int, rows: Iterable[Sequence[str]], wrong: Mapping[int, set[int]] | None = None) -> None:
        """Write rows from a position (from 0) on; ``wrong`` are the columns to be coloured, by row."""
        written = []
        for position, row in enumerate(rows, first):
            if len(row) > len(self._columns):
                self._columns = [f'<c r="{column_name(column)}' for column in range(len(row))]
            marked = (wrong or {}).get(position)
            if position == self.frame.header_row or marked:
                written.append(self._styled(position, row, marked or set()))
            else:
                written.append(self._plain(position, row))
        self._sheet.write("".join(written).encode())

    def _plain(self, position: int, row: Sequence[str]) -> str:
        joined = "".join(row)
        if not joined.isprintable() or "&" in joined or "<" in joined or ">" in joined:
            row = [_text(cell) for cell in row]
        line = position + 1
        cells = [
            f'{column}{line}" t="inlineStr"><is><t>{cell}</t></is></c>'
            for column, cell in zip(self._columns, row, strict=False)
            if cell
        ]
        return f'<row r="{line}">{"".join(cells)}</row>'

    def _styled(self, position: int, row: Sequence[str], marked: set[int]) -> str:
        line = position + 1
        otherwise = _HEADER if position == self.frame.header_row else _PLAIN
        cells = [
            f'{self._columns[at]}{line}"{_WRONG if at in marked else otherwise} t="inlineStr">'
            f"<is><t>{_text(cell)}</t></is></c>"
            for at, cell in enumerate(row)
            if cell or at in marked
        ]
        return f'<row r="{line}">{"".join(cells)}</row>'

    def __exit__(self, *failure: object) -> None:
        self._sheet.write(self._tail.encode())
        self._sheet.close()
        self._zip.close()


class TableFile(Protocol):
    """A file that is made from rows and taken away piece by piece; it is whole after ``close``."""

    def rows(self, first: int, rows: Iterable[Sequence[str]], wrong: Mapping[int, set[int]] | None = None) -> None:
        """Write rows from a position (from 0) on; ``wrong`` are the columns of wrong cells, by row."""

    def take(self) -> bytes:
        """Everything made since the last time."""

    def close(self) -> None:
        """Write the end."""


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
    def __init__(self) -> None:
        self._out = io.StringIO()
        self._out.write("\ufeff")  # spreadsheets take the file for UTF-8 then
        self._writer = csv.writer(self._out, lineterminator="\n")

    def rows(self, first: int, rows: Iterable[Sequence[str]], wrong: Mapping[int, set[int]] | None = None) -> None:
        self._writer.writerows([harmless(cell) for cell in row] for row in rows)

    def take(self) -> bytes:
        taken = self._out.getvalue().encode()
        self._out.seek(0)
        self._out.truncate()
        return taken

    def close(self) -> None:
        return


def _text(cell: str) -> str:
    return escape(_ILLEGAL.sub("", cell))


def _frame(frame: Frame) -> bytes:
    """A finished workbook without rows. Its styles are numbered in the order of their use."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    if frame.title:
        book.set_properties({"title": frame.title, "author": frame.author, "comments": frame.watermark})
    sheet, explained = book.add_worksheet(frame.sheet), book.add_worksheet("说明")
    explained.set_column(0, 0, 100)
    explained.write_string(0, 0, "说明", book.add_format({"bold": True, "bg_color": "#D9E1F2", "border": 1}))
    wrong = book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"})
    explained.write_string(1, 0, "本颜色的单元格有误，批注说明原因", wrong)
    for row, line in enumerate(frame.explanation, 2):
        explained.write_string(row, 0, line)
    sheet.freeze_panes(frame.header_row + 1, 0)
    sheet.repeat_rows(frame.header_row)
    if frame.watermark:
        printed = frame.watermark.replace("&", "&&")[:200]
        for page in (sheet, explained):
            page.set_header(f"&C{printed}")
            page.set_footer(f"&L{printed}&R&P / &N")
    sheet.set_comments_author(frame.author or "Tuopin")
    for (row, column), note in list(frame.notes.items())[:NOTES]:
        sheet.write_comment(row, column, note[:1000], {"x_scale": 2, "y_scale": 1})
    book.close()
    return out.getvalue()

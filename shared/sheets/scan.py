"""Which cells of a sheet are formulas or errors, and how many rows there are, from its XML as it is inflated.

The reader shows a formula's last value as if it had been typed, and an error as an empty cell; both would be guesses.
"""

import re
from collections import defaultdict

from shared.sheets.cells import ERROR, FORMULA, column_at
from shared.sheets.container import entries, inflate
from shared.sheets.problems import ROWS, BrokenWorkbook, TooManyFormulas, TooManyRows

MARKED = 10_000
_SLACK = 10_000  # rows that hold nothing but a format
_FORMULAS = (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/")
_FORMULA = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<(?:\w+:)?f[ >/]')
_WRONG = re.compile(rb'<(?:\w+:)?c\b(?=[^>]*?\bt="e")[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_WIDE = re.compile(rb'<c r="[A-Z]{3}')
_OVERLAP = 1 << 10
_SHEETS = re.compile(r"<(?:\w+:)?sheet\b[^>]*?\b\w+:id=\"([^\"]+)\"")
Marks = dict[int, dict[int, str]]


def marks(data: bytes, sheet: int) -> Marks:
    """Row -> column (both from 0) -> what is wrong with the cell. Raises TooManyRows, TooManyFormulas."""
    path = _path_of(data, sheet)
    entry = next((entry for entry in entries(data) if entry.filename == path), None)
    if entry is None:
        raise BrokenWorkbook(rule="a first sheet")
    found: Marks = defaultdict(dict)
    rows, before, count = 0, b"", 0
    for piece in inflate(data, entry):
        joined = before + piece
        edge = before[-3:] + piece
        rows += edge.count(b"<row") + edge.count(b":row")
        if rows > ROWS + _SLACK or _WIDE.search(joined):
            raise TooManyRows(limit=ROWS)
        patterns = [(_FORMULA, FORMULA)] if any(start in joined for start in _FORMULAS) else []
        patterns += [(_WRONG, ERROR)] if b't="e"' in joined else []
        for pattern, mark in patterns:
            for cell in pattern.finditer(joined):
                found[int(cell[2]) - 1].setdefault(column_at(cell[1].decode()), mark)
                count += 1
        if count > MARKED:
            raise TooManyFormulas
        before = joined[-_OVERLAP:]
    return dict(found)


def _path_of(data: bytes, sheet: int) -> str:
    """The file of the n-th sheet, by the workbook's relations."""
    sheets = _SHEETS.findall(_text(data, "xl/workbook.xml"))
    for relation in re.findall(r"<Relationship\b[^>]*>", _text(data, "xl/_rels/workbook.xml.rels")):
        id, target = re.search(r'\bId="([^"]+)"', relation), re.search(r'\bTarget="([^"]+)"', relation)
        if id and target and sheets[sheet : sheet + 1] == [id[1]]:
            return target[1].lstrip("/") if target[1].startswith("/") else f"xl/{target[1]}"
    raise BrokenWorkbook(rule="a first sheet")


def _text(data: bytes, name: str) -> str:
    for entry in entries(data):
        if entry.filename == name:
            return b"".join(inflate(data, entry, 4 << 20)).decode("utf-8", "replace")
    raise BrokenWorkbook(rule=name)

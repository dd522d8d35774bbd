"""Cells as text: what a stored value is written as, and what cannot be taken for a value.

A cell that cannot be taken comes as its mark and the text behind it, so that whoever checks the line says why.
"""

from datetime import datetime, time
from decimal import Decimal

FORMULA, ERROR, DIGITS = "\x01F", "\x01E", "\x01D"
# A number that Excel stored keeps fifteen digits; the rest of a longer one is lost and reads 0.
_EXACT = 10**15
# What a spreadsheet takes for the beginning of a formula, where it opens text as a table.
# The wide forms too: spreadsheets set to Chinese take them for the narrow ones.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def text(value: object) -> str:
    """The text of a cell: numbers without exponent, days as ISO, yes and no as 是 and 否."""
    match value:
        case str():
            return value if value.isprintable() else " ".join(value.replace("\x01", "").split())
        case bool():
            return "是" if value else "否"
        case float() | int():
            return _number(value)
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return value.isoformat(sep=" ")
        case _:  # a day, a time, a length of time, nothing
            return str(value or "")


def _number(value: float) -> str:
    plain = format(Decimal(format(value, ".15g")), "f")
    return f"{DIGITS}{plain}" if abs(value) >= _EXACT else plain


def harmless(cell: str) -> str:
    """A cell of a CSV file that no spreadsheet takes for a formula: an apostrophe before what begins like one."""
    return f"'{cell}" if cell.startswith(_STARTS) and not _plain_number(cell) else cell


def as_meant(cell: str) -> str:
    """A cell without the apostrophe that ``harmless`` gave it."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_STARTS) else cell


def _plain_number(cell: str) -> bool:
    digits = cell[1:].replace(".", "", 1)
    return digits.isascii() and digits.isdigit()


def column_at(letters: str) -> int:
    """The position (from 0) of a column: A is 0, AA 26."""
    position = 0
    for letter in letters:
        position = position * 26 + ord(letter) - 64
    return position - 1


def column_name(position: int) -> str:
    """The letters of a column's position (from 0)."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters

"""Cells as text: what a stored value is written as, and what cannot be taken for a value.

A cell that cannot be taken comes as its mark and the text behind it, so that whoever checks the line says why.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, time
from decimal import Decimal

FORMULA, ERROR, DIGITS = "\x01F", "\x01E", "\x01D"
# Why a marked cell is not taken: the rule, and what is wrong with it.
MARKS = {
    FORMULA: ("plain value", "单元格是公式，请粘贴为数值", "is a formula; paste it as a value"),
    ERROR: ("plain value", "单元格是错误值，请重新填写", "is an error; fill it in again"),
    DIGITS: (
        "text",
        "以数字存储，数位已丢失，请将该列设为文本后重新填写",
        "was stored as a number and lost digits; set the column to text and fill it in again",
    ),
}
# A number that Excel stored keeps fifteen digits; the rest of a longer one is lost and reads 0.
_EXACT = 10**15
# A long number as a spreadsheet shows it in a narrow column, and saves it as text.
_SHORTENED = re.compile(r"\d(?:\.\d+)?[Ee]\+\d{1,3}")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_GUARDED = re.compile(r'="[0-9A-Za-z -]*"')  # a number that is kept text so
_DAMAGED = ("'", '="', "E+", "e+")  # one of these stands in a line with a cell that is not as it was meant
# What stands around a table: sums, signatures, notes. The words stand in no name of a person.
_ASIDE = re.compile(
    r"^(?:本页|本村|全村|全乡|全镇|累|总|合|小|共)\s*计|^第\s*\d+\s*页|^以下(?:空白|无)"
    r"|(?:填表|制表|填报|审核|复核|审批|报送|打印|导出)(?:人|员|单位|日期|时间)?\s*(?:[:：(（]|$)"
    r"|(?:经办|负责|联系)(?:人|员)\s*(?:[:：(（]|$)|签字|签名|盖章|公章"
    r"|^(?:日期|时间|备注|说明|注|联系电话|单位|村委会|村主任|村支书|驻村工作队|乡镇)\s*[:：]"
)
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
    starts = cell.startswith(_STARTS) and not _plain_number(cell) and not _GUARDED.fullmatch(cell)
    return f"'{cell}" if starts else cell


def is_damaged(line: str) -> bool:
    """Whether a line may have a cell for ``as_meant``."""
    return any(sign in line for sign in _DAMAGED)


def as_meant(cell: str) -> str:
    """A cell without what kept it text: an apostrophe before it, ="…" around it. A number that was shortened to its
    first digits has lost the others, and is marked.
    """
    cell = cell.strip()
    if cell.startswith("'") and len(cell) > 1:
        cell = cell[1:]
    if cell.startswith('="') and cell.endswith('"') and len(cell) > len('=""'):
        return cell[2:-1].replace('""', '"')
    return f"{DIGITS}{cell}" if _SHORTENED.fullmatch(cell) else cell


def visible(cell: str) -> str:
    """A cell without characters that nobody sees: direction and byte-order marks, zero widths."""
    return "".join([one for one in cell if unicodedata.category(one) != "Cf"]).strip()


def stands_around(cells: Iterable[str]) -> bool:
    """Whether a line says what stands around a table: a sum, who has filled it in, a note."""
    return any(_ASIDE.search(cell) for cell in cells if cell)


def legal(said: str) -> str:
    """A text without characters that XML cannot hold."""
    return _ILLEGAL.sub("", said)


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

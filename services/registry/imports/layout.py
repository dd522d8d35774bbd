"""The layout of a register file: columns found by their Chinese header, in any order, one line a person.

``户标识`` and ``人标识`` are optional: identifiers (UUID) that the sender has made already.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from services.registry.fields.catalogue import Owner, items
from shared.ids import uuid7
from shared.problems import Invalid

HOUSEHOLD = {
    "户标识": "id",
    "行政村代码": "division",
    "户编号": "number",
    "贫困户属性": "attribute",
    "主要致贫原因": "main_cause",
    "其他致贫原因": "other_causes",
    "识别日期": "identified_on",
    "户联系电话": "phone",
    "银行卡号": "bank_card",
    **{header: item.key for item in items("household").values() for header in (item.zh, *item.also)},
}
MEMBER = {
    "人标识": "id",
    "人编号": "number",
    "姓名": "name",
    "证件号码": "identity_number",
    "与户主关系": "relation",
    "性别": "sex",
    "出生日期": "born",
    "人联系电话": "phone",
    **{header: item.key for item in items("member").values() for header in (item.zh, *item.also)},
}
REQUIRED = (
    "行政村代码",
    "户编号",
    "姓名",
    "证件号码",
    "与户主关系",
    "贫困户属性",
    "主要致贫原因",
    "识别日期",
    "是否危房户",
)
_YES = {"是": True, "1": True, "有": True, "否": False, "0": False, "无": False}
_LIST = re.compile(r"[、，,;；\s]+")
# The header under which somebody who fills in the file knows a field: the first that names it.
HEADERS = {f"members.{field}": header for header, field in reversed(MEMBER.items())} | {
    field: header for header, field in reversed(HOUSEHOLD.items())
}


class ColumnsMissing(Invalid):
    slug, zh, en = "columns-missing", "文件缺少列：{columns}", "The file lacks columns: {columns}"


class NotText(Invalid):
    slug = "not-a-text-file"
    zh = "文件不是 UTF-8 或 GB18030 编码的 CSV 文本"
    en = "The file is no CSV text in UTF-8 or GB18030"


class LineBreakInField(Invalid):
    slug, zh, en = "line-break-in-field", "第{line}行单元格内有换行", "A field of line {line} contains a line break"


@dataclass(slots=True)
class Lines:
    """A household as the file has it: its values, its members' values, and the line of each member."""

    first: int
    values: dict[str, Any]
    members: list[dict[str, Any]]
    lines: list[int]
    disagree: list[tuple[int, str]]


def to_text(content: bytes) -> str:
    """The text of a file. Raises NotText, LineBreakInField (422)."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    else:
        raise NotText(rule="UTF-8 or GB18030")
    if "\0" in text:
        raise NotText(rule="text")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if '"' in text:
        for number, line in enumerate(text.split("\n"), 1):
            if line.count('"') % 2:
                raise LineBreakInField(field=f"line {number}", rule="one line a person", line=number)
    return text


def columns_of(header: str) -> list[str]:
    """The columns of a header line. Raises ColumnsMissing (422)."""
    columns = [name.strip() for name in next(csv.reader([header]), [])]
    if missing := [name for name in REQUIRED if name not in columns]:
        raise ColumnsMissing(field="header", rule="required columns", columns="、".join(missing))
    return columns


def households(lines: list[str], columns: list[str], first_line: int) -> Iterator[Lines]:
    """Households from lines that follow each other; lines of one household stand together."""
    household = {columns.index(name): field for name, field in HOUSEHOLD.items() if name in columns}
    member = {columns.index(name): field for name, field in MEMBER.items() if name in columns}
    number_at = columns.index("户编号")
    current: Lines | None = None
    for line, given in enumerate(csv.reader(lines), first_line):
        if not any(given):
            continue
        cells = given + [""] * (len(columns) - len(given))
        values = {field: cells[at].strip() or None for at, field in household.items()}
        if current is None or current.values["number"] != (cells[number_at].strip() or None):
            if current is not None:
                yield current
            current = Lines(line, values, [], [], [])
        elif values != current.values:
            different = next(field for field in values if values[field] != current.values[field])
            current.disagree.append((line, different))
        current.members.append({field: cells[at].strip() or None for at, field in member.items()})
        current.lines.append(line)
    if current is not None:
        yield current


def to_household(lines: Lines) -> dict[str, Any]:
    """The values as the registration model takes them, with ids of our own; an empty cell says nothing."""
    return {
        **_values("household", lines.values),
        "id": lines.values.get("id") or uuid7(),
        "members": [_member(member) for member in lines.members],
    }


def _member(values: dict[str, Any]) -> dict[str, Any]:
    return {
        **_values("member", values),
        "id": values.get("id") or uuid7(),
        "identity_number": values["identity_number"] or "",
    }


def _values(owner: Owner, given: dict[str, Any]) -> dict[str, Any]:
    """The cells that say something, in the form of their items: yes and no, and lists."""
    known, values = items(owner), {}
    for key, cell in given.items():
        if cell is None:
            continue
        kind = known[key].kind if key in known else "codes" if key == "other_causes" else "text"
        if kind == "yes":
            values[key] = _YES.get(cell, cell)
        elif kind == "codes":
            values[key] = [part for part in _LIST.split(cell) if part]
        else:
            values[key] = cell
    return values

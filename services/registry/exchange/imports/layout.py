"""The layouts of register files: columns found by their Chinese header, in any order, one line a person.

Headers are those of ``layouts.yaml`` and of the national field table; a header that is neither is reported.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from services.registry.register.fields.catalogue import Owner, items
from shared.problems import Invalid

_COMPLETED = {"number", "attribute", "main_cause", "other_causes"}  # beside the items, by a household table
HEADER_WITHIN = 20  # titles and watermarks may stand above the header
# What a line has to say, or the import as a whole; each of a group does.
_REQUIRED = (("number",), ("name",), ("identity_number",), ("relation",), ("division", "village"), ("main_cause",))


class ColumnsMissing(Invalid):
    slug, zh, en = "columns-missing", "文件缺少列：{columns}", "The file lacks columns: {columns}"


class ColumnsTwice(Invalid):
    slug = "columns-twice"
    zh = "这些列说的是同一内容，请只留一列：{columns}"
    en = "These columns say the same; keep one of them: {columns}"


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout: what it is recognised by, its columns in order, and the attribute that it implies by kind."""

    key: str
    zh: str
    en: str
    a_line: Literal["person", "household"]
    recognised_by: tuple[str, ...]
    attribute: Mapping[str, str]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How one file is read: (position, field) of its columns, what is not taken, and the header of each field."""

    layout: Layout
    columns: list[str]
    household: tuple[tuple[int, str], ...]
    member: tuple[tuple[int, str], ...]
    headers: dict[str, str]
    unknown: list[str]
    not_kept: list[str]

    @property
    def outcome_at(self) -> int:
        """Where the outcome of each line stands in the marked file: after the last column, or where it stood."""
        named = _table()["outcome"]
        return self.columns.index(named) if named in self.columns else len(self.columns)


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "layouts.yaml").read_text())
    return table


@cache
def fields(owner: Owner) -> dict[str, str]:
    """Header -> field of a household or member."""
    named = {header: item.key for item in items(owner).values() for header in (item.zh, *item.also)}
    own: dict[str, str] = _table()[owner]
    return own | named


def outcome_header() -> str:
    """The header of the column that tells what became of a line."""
    header: str = _table()["outcome"]
    return header


@cache
def layouts() -> dict[str, Layout]:
    """Every layout by its key."""
    return {
        row["key"]: Layout(
            row["key"],
            row["zh"],
            row["en"],
            row.get("a_line", "person"),
            tuple(row["recognised_by"]),
            row.get("attribute", {}),
            tuple(_columns(row["columns"], row["year"])),
        )
        for row in _table()["layouts"]
    }


def find_header(lines: Iterable[str]) -> tuple[int, list[str]]:
    """The number (from 1) of the header line and its columns; the first that is not blank where none is found."""
    first: tuple[int, list[str]] | None = None
    for number, cells in enumerate(csv.reader(list(lines)[:HEADER_WITHIN]), 1):
        columns = ["".join(cell.split()).strip("*") for cell in cells]
        if "户编号" in columns and not {"姓名", "户主姓名"}.isdisjoint(columns):
            return number, columns
        if first is None and any(columns):
            first = number, columns
    return first or (1, [])


def plan_of(columns: list[str], given: Mapping[str, Any]) -> Plan:
    """How a file with these columns is read; ``given`` is what was said of the file as a whole.

    Raises ColumnsMissing, ColumnsTwice (422).
    """
    layout = _recognised(set(columns))
    found = {owner: _found(columns, fields(owner)) for owner in ("household", "member")}
    said = {field for places in found.values() for _, field in places}
    missing = [group for group in _required(layout, given) if said.isdisjoint(group)]
    if missing:
        names = "、".join("或".join(_header_of(field) for field in group) for group in missing)
        raise ColumnsMissing(field="header", rule="required columns", columns=names)
    known = {at for places in found.values() for at, _ in places}
    not_kept = set(_table()["not_kept"])
    if layout.a_line == "household":
        not_kept = {field for _, field in found["household"]} - items("household").keys() - _COMPLETED
    return Plan(
        layout=layout,
        columns=columns,
        household=tuple(found["household"]),
        member=tuple(found["member"]),
        headers={field: columns[at] for at, field in found["household"]}
        | {f"members.{field}": columns[at] for at, field in found["member"]},
        unknown=[name for at, name in enumerate(columns) if name and at not in known and name != outcome_header()],
        not_kept=[columns[at] for places in found.values() for at, field in places if field in not_kept],
    )


def _found(columns: list[str], by_header: Mapping[str, str]) -> list[tuple[int, str]]:
    found: dict[str, int] = {}
    for at, name in enumerate(columns):
        if (field := by_header.get(name)) is None:
            continue
        if field in found:
            twice = f"{columns[found[field]]}、{name}"
            raise ColumnsTwice(field="header", rule="each content once", columns=twice)
        found[field] = at
    return [(at, field) for field, at in found.items()]


def _recognised(columns: set[str]) -> Layout:
    """The layout of a file: the first of which it has what that is recognised by, our own where there is none."""
    a_line = "household" if "户主姓名" in columns and "姓名" not in columns else "person"
    fitting = (one for one in layouts().values() if one.a_line == a_line and set(one.recognised_by) <= columns)
    return next(fitting, layouts()["own"])


def _required(layout: Layout, given: Mapping[str, Any]) -> list[tuple[str, ...]]:
    if layout.a_line == "household":
        return [("number",)]
    required = list(_REQUIRED)
    if not layout.attribute and not given.get("attribute"):
        required.append(("attribute",))
    if not given.get("identified_on"):
        required.append(("identified_on",))
    return required


def _header_of(field: str) -> str:
    """The first header that names a field, for what is missing."""
    named: dict[str, str] = _table()["household"] | _table()["member"]
    return next(header for header, one in named.items() if one == field)


def _columns(named: list[str], year: int) -> Iterable[str]:
    """The columns of a layout; ``$household`` and ``$member`` are the items of its year that no other column has."""
    said = {_field(name) for name in named}
    for name in named:
        if not name.startswith("$"):
            yield name
            continue
        owner: Owner = "household" if name == "$household" else "member"
        for item in items(owner).values():
            asked = (item.since or 0) <= year <= (item.until or year)
            if asked and (owner, item.key) not in said:
                yield item.zh


def _field(header: str) -> tuple[str, str]:
    for owner in ("household", "member"):
        if header in fields(owner):
            return owner, fields(owner)[header]
    return "", header

"""How a file is read: which layout it is, by its Chinese headers in any order. Pure.

A header that is neither of ``layouts.yaml`` nor of the national field table is reported.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from services.registry.exchange.layouts.catalogue import OWN, headers, layouts
from services.registry.exchange.layouts.records import Given, Layout, Plan
from services.registry.register.codes import national
from services.registry.register.fields.catalogue import Owner, items
from services.registry.register.fields.headers import factor, find
from shared.sheets.problems import ColumnsMissing, ColumnsTwice
from shared.sheets.records import Expected
from shared.words import Name

_Group = tuple[Owner, *tuple[str, ...]]  # of an owner, fields of which one is needed
_COMPLETED = {"number", "attribute", "main_cause", "other_causes"}  # beside the items, by a household table
# What a line has to say, or the import as a whole; each of a group does.
_REQUIRED: tuple[_Group, ...] = (
    ("household", "number"),
    ("member", "name"),
    ("member", "identity_number"),
    ("member", "relation"),
    ("household", "division", "village"),
    ("household", "main_cause"),
)
_OWNERS: tuple[Owner, ...] = ("household", "member")
_NOTHING = frozenset(("", "无", "没有", "暂无", "空", "/", "／", "\\", "-", "－", "—", "——", "--", "－－", "―", "*"))
_LISTS = {"other_causes": "main_cause"}  # of fields that are no items


def is_header(columns: tuple[str, ...]) -> bool:
    """Whether a line is the header of a register file."""
    known, person = headers().household, headers().member
    about = [find(column, known) for column in columns]
    found = {known[one.header] for one in about if one}
    return "number" in found and ("head" in found or any(_is(column, person, "name") for column in columns))


def _is(column: str, known: Mapping[str, str], field: str) -> bool:
    found = find(column, known)
    return found is not None and known[found.header] == field


def expected(given: Given) -> Expected:
    """What a register file has to be."""
    return Expected(is_header, lambda columns: plan_of(columns, given).layout.a_line)


def plan_of(columns: tuple[str, ...], given: Given) -> Plan:
    """How a file with these columns is read. Raises ColumnsMissing, ColumnsTwice, UnitUnknown (422)."""
    found = {owner: _found(columns, owner) for owner in _OWNERS}
    layout = _recognised({one.header for places in found.values() for one in places.values()})
    missing = [group for group in _required(layout, given) if found[group[0]].keys().isdisjoint(group[1:])]
    if missing:
        names = tuple(Name("或".join(_header_of(group[0], field) for field in group[1:])) for group in missing)
        raise ColumnsMissing(field="header", rule="required columns", columns=names)
    known = {one.at for places in found.values() for one in places.values()}
    outcome, not_kept = headers().outcome, headers().not_kept
    if layout.a_line == "household":
        not_kept = frozenset(found["household"]) - items("household").keys() - _COMPLETED
    placed = {("" if owner == "household" else "members.") + field: one for owner, field, one in _each(found)}
    return Plan(
        layout=layout,
        columns=columns,
        household=tuple((one.at, field) for field, one in found["household"].items()),
        member=tuple((one.at, field) for field, one in found["member"].items()),
        headers={field: columns[one.at] for field, one in placed.items()},
        unknown=tuple(name for at, name in enumerate(columns) if name and at not in known and name != outcome),
        not_kept=tuple(columns[one.at] for _, field, one in _each(found) if field in not_kept),
        outcome_at=columns.index(outcome) if outcome in columns else len(columns),
        factors={field: one.factor for field, one in placed.items() if one.factor is not None},
    )


class _Column(NamedTuple):
    """Where a field stands: its position, its header in the one form, and what its numbers are multiplied by."""

    at: int
    header: str
    factor: Decimal | None


def _each(found: Mapping[Owner, Mapping[str, _Column]]) -> Iterator[tuple[Owner, str, _Column]]:
    for owner, places in found.items():
        for field, one in places.items():
            yield owner, field, one


def _found(columns: tuple[str, ...], owner: Owner) -> dict[str, _Column]:
    by_header, found = headers().of(owner), dict[str, _Column]()
    for at, name in enumerate(columns):
        if (known := find(name, by_header)) is None:
            continue
        field = by_header[known.header]
        if field in found:
            twice = Name(columns[found[field].at]), Name(name)
            raise ColumnsTwice(field="header", rule="each content once", columns=twice)
        item = items(owner).get(field)
        found[field] = _Column(at, known.header, factor(name, item.kind if item else None, known.remark))
    return found


def _recognised(columns: set[str]) -> Layout:
    """The layout of a file, by its headers in their one form: the first of which it has what that is recognised by,
    our own where there is none.
    """
    a_line = "household" if "户主姓名" in columns and "姓名" not in columns else "person"
    fitting = (one for one in layouts().values() if one.a_line == a_line and set(one.recognised_by) <= columns)
    return next(fitting, layouts()[OWN])


def _required(layout: Layout, given: Given) -> list[_Group]:
    if layout.a_line == "household":
        return [("household", "number")]
    required = list(_REQUIRED)
    if not layout.attribute and not given.attribute:
        required.append(("household", "attribute"))
    if not given.identified_on:
        required.append(("household", "identified_on"))
    return required


def _header_of(owner: Owner, field: str) -> str:
    """The first header that names a field, for what is missing."""
    return next(header for header, one in headers().of(owner).items() if one == field)


@cache
def nothing(owner: Owner, field: str) -> frozenset[str]:
    """The words of a cell that say nothing, as people write "none": not where one of them is a word of the field."""
    item = items(owner).get(field)
    kept: set[str] = {"无", "没有"} if item and item.kind == "yes" else set()
    name = item.list if item else _LISTS.get(field)
    for version in national().get(name or "", ()):
        kept |= set(version.items.values())
    return _NOTHING - kept

"""How a file is read: which layout it is, by its Chinese headers in any order. Pure.

A header that is neither of ``layouts.yaml`` nor of the national field table is reported.
"""

from collections.abc import Mapping
from itertools import chain

from services.registry.exchange.layouts.catalogue import OWN, headers, layouts
from services.registry.exchange.layouts.records import Given, Layout, Plan
from services.registry.register.fields.catalogue import Owner, items
from shared.sheets.problems import ColumnsMissing, ColumnsTwice
from shared.sheets.records import Expected
from shared.words import Name

_COMPLETED = {"number", "attribute", "main_cause", "other_causes"}  # beside the items, by a household table
# What a line has to say, or the import as a whole; each of a group does.
_REQUIRED = (("number",), ("name",), ("identity_number",), ("relation",), ("division", "village"), ("main_cause",))
_OWNERS: tuple[Owner, ...] = ("household", "member")


def is_header(columns: tuple[str, ...]) -> bool:
    """Whether a line is the header of a register file."""
    return "户编号" in columns and not {"姓名", "户主姓名"}.isdisjoint(columns)


def expected(given: Given) -> Expected:
    """What a register file has to be."""
    return Expected(is_header, lambda columns: plan_of(columns, given).layout.a_line)


def plan_of(columns: tuple[str, ...], given: Given) -> Plan:
    """How a file with these columns is read. Raises ColumnsMissing, ColumnsTwice (422)."""
    layout = _recognised(set(columns))
    found = {owner: _found(columns, headers().of(owner)) for owner in _OWNERS}
    said = {field for places in found.values() for _, field in places}
    missing = [group for group in _required(layout, given) if said.isdisjoint(group)]
    if missing:
        names = tuple(Name("或".join(_header_of(field) for field in group)) for group in missing)
        raise ColumnsMissing(field="header", rule="required columns", columns=names)
    known = {at for places in found.values() for at, _ in places}
    outcome, not_kept = headers().outcome, headers().not_kept
    if layout.a_line == "household":
        not_kept = frozenset(field for _, field in found["household"]) - items("household").keys() - _COMPLETED
    return Plan(
        layout=layout,
        columns=columns,
        household=tuple(found["household"]),
        member=tuple(found["member"]),
        headers={field: columns[at] for at, field in found["household"]}
        | {f"members.{field}": columns[at] for at, field in found["member"]},
        unknown=tuple(name for at, name in enumerate(columns) if name and at not in known and name != outcome),
        not_kept=tuple(columns[at] for places in found.values() for at, field in places if field in not_kept),
        outcome_at=columns.index(outcome) if outcome in columns else len(columns),
    )


def _found(columns: tuple[str, ...], by_header: Mapping[str, str]) -> list[tuple[int, str]]:
    found: dict[str, int] = {}
    for at, name in enumerate(columns):
        if (field := by_header.get(name)) is None:
            continue
        if field in found:
            twice = Name(columns[found[field]]), Name(name)
            raise ColumnsTwice(field="header", rule="each content once", columns=twice)
        found[field] = at
    return [(at, field) for field, at in found.items()]


def _recognised(columns: set[str]) -> Layout:
    """The layout of a file: the first of which it has what that is recognised by, our own where there is none."""
    a_line = "household" if "户主姓名" in columns and "姓名" not in columns else "person"
    fitting = (one for one in layouts().values() if one.a_line == a_line and set(one.recognised_by) <= columns)
    return next(fitting, layouts()[OWN])


def _required(layout: Layout, given: Given) -> list[tuple[str, ...]]:
    if layout.a_line == "household":
        return [("number",)]
    required = list(_REQUIRED)
    if not layout.attribute and not given.attribute:
        required.append(("attribute",))
    if not given.identified_on:
        required.append(("identified_on",))
    return required


def _header_of(field: str) -> str:
    """The first header that names a field, for what is missing."""
    named = chain(headers().household.items(), headers().member.items())
    return next(header for header, one in named if one == field)

"""Households of a file as the registration model takes them: what their cells say. Pure."""

import re
from contextlib import suppress
from datetime import date
from functools import cache

from services.registry.exchange.imports.records import Cells, HouseholdLines
from services.registry.exchange.layouts.records import Given, Plan
from services.registry.register.fields.catalogue import Owner, items
from services.registry.register.fields.records import Fault
from shared.names import identity
from shared.names.identity import DocumentKind
from shared.names.ids import uuid7

_YES = {"是": True, "1": True, "有": True, "Y": True, "否": False, "0": False, "无": False, "N": False}
_LIST = re.compile(r"[、，,;；\s]+")
_DAY = re.compile(
    r"(?P<y>\d{4})(?P<s>[-/.年])(?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?(?: 00:00(?::00)?)?"
    r"|(?P<yy>\d{4})(?P<mm>\d\d)(?P<dd>\d\d)"
)
_DAYS = {"identified_on", "born"}
_LISTS = {"other_causes"}
# Fields that are about the file or the place of a line and that the model does not have.
_ASIDE = {"county", "town", "village", "natural_village", "size", "year", "joined_on", "head", "head_number"}
_ISO = len("2014-10-01")
_FEW = 3  # digits of how many live together
_NAMED_AFTER = "族"  # the code list says 汉, national exports 汉族


def household_values(lines: HouseholdLines) -> tuple[dict[str, object], list[Fault]]:
    """What the cells of a household's line say, in the form of their items."""
    faults: list[Fault] = []
    return _values("household", lines.cells, faults, ""), faults


def to_household(lines: HouseholdLines, plan: Plan, given: Given) -> tuple[dict[str, object], list[Fault]]:
    """The values as the registration model takes them, with ids of our own; an empty cell says nothing."""
    faults: list[Fault] = []
    values = _values("household", lines.cells, faults, "")
    if lines.cells.get("identified_on") is None and given.identified_on:
        values["identified_on"] = given.identified_on
    if lines.cells.get("attribute") is None and (implied := _attribute(values.get("household_type"), plan, given)):
        values["attribute"] = implied
    size = lines.cells.get("size")
    if size is not None and size != str(len(lines.members)):
        said = size if len(size) <= _FEW else "…"  # another column's content is not told on
        zh, en = f"人数为{said}，文件中该户有{len(lines.members)}行", "as many lines as persons"
        faults.append(Fault("size", "a line a person", zh, en))
    members = [_member(member, position, faults) for position, member in enumerate(lines.members)]
    return {**values, "id": lines.cells.get("id") or uuid7(), "members": members}, faults


def _attribute(kind: object, plan: Plan, given: Given) -> str | None:
    """What the file as a whole says, or what its layout implies by the kind of household."""
    implied = plan.layout.attribute
    return given.attribute or implied.get(kind if isinstance(kind, str) else "", implied.get(""))


def _member(given: Cells, position: int, faults: list[Fault]) -> dict[str, object]:
    prefix = f"members[{position}]"
    values = _values("member", given, faults, f"{prefix}.")
    number = identity.normalise(given["identity_number"])
    if "*" in number:
        zh, en = "证件号码已脱敏，须用原号码", "the number is masked; the plain one is needed"
        faults.append(Fault(f"{prefix}.identity_number", "plain number", zh, en))
    if identity.classify(number) is DocumentKind.OLD15 and (born := _day(f"19{number[6:12]}")):
        # Fifteen digits say birth date and sex as eighteen do, but without century and check character.
        values.setdefault("born", born)
        values.setdefault("sex", "男" if int(number[14]) % 2 else "女")
    return {**values, "id": given.get("id") or uuid7(), "identity_number": given["identity_number"] or ""}


def _values(owner: Owner, given: Cells, faults: list[Fault], prefix: str) -> dict[str, object]:
    """The cells that say something, in the form of their items."""
    kinds, values = _kinds(owner), dict[str, object]()
    for key, cell in given.items():
        if cell is None:
            continue
        kind = kinds.get(key)
        if kind is None:
            values[key] = cell
        elif kind == "yes":
            values[key] = _YES.get(cell, cell)
        elif kind == "codes":
            values[key] = [part for part in _LIST.split(cell) if part]
        elif kind == "named":
            values[key] = cell.removesuffix(_NAMED_AFTER) if len(cell) > 1 else cell
        elif kind == "date":
            if (day := _day(cell)) is None:
                zh, en = "不是有效日期，应如2014-10-01或20141001", "is no day, such as 2014-10-01 or 20141001"
                faults.append(Fault(f"{prefix}{key}", "a day", zh, en))
            else:
                values[key] = day
    return values


@cache
def _kinds(owner: Owner) -> dict[str, str]:
    """How the cell of a field is read, where it is not taken as it stands."""
    read = {item.key: item.kind for item in items(owner).values() if item.kind in ("yes", "codes", "date")}
    special = {**dict.fromkeys(_DAYS, "date"), **dict.fromkeys(_LISTS, "codes"), **dict.fromkeys(_ASIDE, "aside")}
    return {**read, **special, "ethnicity": "named"}


def _day(cell: str) -> date | None:
    """A day as national exports and spreadsheets write it; None where it is none."""
    if len(cell) == _ISO and cell[4] == cell[7] == "-":  # nearly every day of nearly every file
        with suppress(ValueError):
            return date.fromisoformat(cell)
    found = _DAY.fullmatch(cell)
    if found is None:
        return None
    year, month, day = (found[short] or found[short * 2] for short in "ymd")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None

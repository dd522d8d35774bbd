"""Households of a file as the registration model takes them: what their cells say. Pure."""

import calendar
import re
import unicodedata
from contextlib import suppress
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache

from services.registry.exchange.imports.records import Cells, HouseholdLines
from services.registry.exchange.layouts.catalogue import called
from services.registry.exchange.layouts.records import Given, MonthsAs, Plan
from services.registry.register.fields.catalogue import Owner, items
from services.registry.register.fields.headers import meant, own_units
from services.registry.register.fields.records import Fault
from shared.names import identity
from shared.names.identity import DocumentKind
from shared.names.ids import uuid7

_YES = {"是": True, "1": True, "有": True, "Y": True, "否": False, "0": False, "无": False, "N": False}
_LIST = re.compile(r"[、，,;；\s]+")
_DAY = re.compile(
    r"(?P<y>\d{4})(?P<s>[-/.年])(?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?(?:[ T]?0{1,2}:00(?::00)?)?"
    r"|(?P<yy>\d{4})(?P<mm>\d\d)(?P<dd>\d\d)"
)
_MONTH = re.compile(r"(?P<y>\d{4})(?:[-/.年](?P<m>\d{1,2})月?|(?P<mm>\d\d)|年)?")
_NOT_A_DAY = "不是有效日期，应如2014-10-01或20141001", "is no day, such as 2014-10-01 or 20141001"
_TO_THE_DAY = "须填到日，如1960-05-01", "has to say the day, such as 1960-05-01"
_MONTH_ONLY = (
    "只有年月，请在导入时说明按哪一天登记（月初或月末）",
    "says the month only: tell with the import whether it counts as its first or its last day",
)
_AS = {"first": ("月初", "年初"), "last": ("月末", "年末")}
_PHONES = re.compile(r"\d[\d -]{5,}\d")
_PHONE_ONE = "一格只填一个电话号码，如13800138000", "one phone number a cell, such as 13800138000"
_WHOLE = re.compile(r"(\d+)\.0+")
_DAYS = {"identified_on", "born"}
_BY_MONTH = {"identified_on", "risk_found_on", "risk_removed_on"}  # the national system keeps these by month
_AS_THEY_ARE = {"yes", "codes", "date"}
_NUMBERS = {"yuan", "mu", "m2", "km", "months"}
_LISTS = {"other_causes"}
_DECEMBER, _OLDEST = 12, 1900
# Fields that are about the file or the place of a line and that the model does not have.
_ASIDE = {"county", "town", "village", "natural_village", "size", "year", "joined_on", "head", "head_number"}
_ISO = len("2014-10-01")
_FEW = 3  # digits of how many live together
_NAMED_AFTER = "族"  # the code list says 汉, national exports 汉族


def household_values(lines: HouseholdLines, plan: Plan, given: Given) -> tuple[dict[str, object], list[Fault]]:
    """What the cells of a household's line say, in the form of their items."""
    read = _Reading(plan, given)
    return read.values("household", lines.cells, ""), read.faults


def to_household(lines: HouseholdLines, plan: Plan, given: Given) -> tuple[dict[str, object], list[Fault]]:
    """The values as the registration model takes them, with ids of our own; an empty cell says nothing."""
    read = _Reading(plan, given)
    values = read.values("household", lines.cells, "")
    if lines.cells.get("identified_on") is None and given.identified_on:
        values["identified_on"] = given.identified_on
    if lines.cells.get("attribute") is None and (implied := _attribute(values.get("household_type"), plan, given)):
        values["attribute"] = implied
    size = lines.cells.get("size")
    if size is not None and _WHOLE.sub(r"\1", size) != str(len(lines.members)):
        said = size if len(size) <= _FEW else "…"  # another column's content is not told on
        zh, en = f"人数为{said}，文件中该户有{len(lines.members)}行", "as many lines as persons"
        read.faults.append(Fault("size", "a line a person", zh, en))
    members = [_member(member, position, read) for position, member in enumerate(lines.members)]
    return {**values, "id": lines.cells.get("id") or uuid7(), "members": members}, read.faults


def _attribute(kind: object, plan: Plan, given: Given) -> str | None:
    """What the file as a whole says, or what its layout implies by the kind of household."""
    implied = plan.layout.attribute
    return given.attribute or implied.get(kind if isinstance(kind, str) else "", implied.get(""))


def _member(given: Cells, position: int, read: "_Reading") -> dict[str, object]:
    prefix, faults = f"members[{position}]", read.faults
    values = read.values("member", given, f"{prefix}.")
    number = identity.normalise(given["identity_number"])
    if "*" in number:
        zh, en = "证件号码已脱敏，须用原号码", "the number is masked; the plain one is needed"
        faults.append(Fault(f"{prefix}.identity_number", "plain number", zh, en))
    if identity.classify(number) is DocumentKind.OLD15 and (born := _day(f"19{number[6:12]}")):
        # Fifteen digits say birth date and sex as eighteen do, but without century and check character.
        values.setdefault("born", born)
        values.setdefault("sex", "男" if int(number[14]) % 2 else "女")
    return {**values, "id": given.get("id") or uuid7(), "identity_number": given["identity_number"] or ""}


class _Reading:
    """Cells being read in the form of their items, and what is wrong with them."""

    def __init__(self, plan: Plan, given: Given) -> None:
        self.plan, self.given = plan, given
        self.faults: list[Fault] = []

    def values(self, owner: Owner, cells: Cells, prefix: str) -> dict[str, object]:
        """The cells that say something. Days of which only the month is said are noted beside them."""
        kinds, values, notes = _kinds(owner), dict[str, object](), list[str]()
        for key, cell in cells.items():
            if cell is None:
                continue
            kind = kinds.get(key)
            if kind is None:
                values[key] = cell
            elif kind == "date":
                if day := self._date(key, cell, prefix, notes):
                    values[key] = day
            elif kind == "number":
                values[key] = self._number(owner, key, cell)
            elif kind == "phone":
                values[key] = self._phone(cell, f"{prefix}{key}")
            elif kind != "aside":
                values[key] = _worded(kind, key, cell)
        if notes:
            said = values.get("dates_note")
            values["dates_note"] = "；".join(dict.fromkeys([*([str(said)] if said else []), *notes]))
        return values

    def _date(self, key: str, cell: str, prefix: str, notes: list[str]) -> date | None:
        """The day of a cell; of a month or year alone the one that was told with the import, and a note of that."""
        if (day := _day(cell)) is not None:
            return day
        zh, en = _NOT_A_DAY
        month = _MONTH.fullmatch(cell)
        number = int((month["m"] or month["mm"] or 1) if month else 0)
        if month and 1 <= number <= _DECEMBER and int(month["y"]) >= _OLDEST:
            if key not in _BY_MONTH:
                zh, en = _TO_THE_DAY
            elif self.given.months_as is None:
                zh, en = _MONTH_ONLY
            else:
                whole_year = not (month["m"] or month["mm"])
                notes.append(f"{called('household', key)}：{cell}（按{_AS[self.given.months_as][whole_year]}登记）")
                return _in_month(int(month["y"]), None if whole_year else number, self.given.months_as)
        self.faults.append(Fault(f"{prefix}{key}", "a day", zh, en))
        return None

    def _number(self, owner: Owner, key: str, cell: str) -> str:
        """Digits as they were meant: without commas and the item's own unit, and in the item's unit."""
        by = self.plan.factors.get(key if owner == "household" else f"members.{key}") if self.plan.factors else None
        if by is None and cell.isascii() and cell.isdecimal():
            return cell
        plain = unicodedata.normalize("NFKC", cell).replace(",", "").strip()
        for unit in own_units(items(owner)[key].kind):
            plain = plain.removesuffix(unit)
        if items(owner)[key].kind == "months" and (whole := _WHOLE.fullmatch(plain)):
            plain = whole[1]
        if by is None:
            return plain
        try:
            return format((Decimal(plain) * by).normalize(), "f")
        except InvalidOperation:
            return plain  # no number: the model says so

    def _phone(self, cell: str, field: str) -> str:
        if len(_PHONES.findall(cell)) > 1:
            self.faults.append(Fault(field, "one number", *_PHONE_ONE))
        return cell if cell.isascii() and cell.isdecimal() else identity.unwrapped(cell)


def _worded(kind: str, key: str, cell: str) -> object:
    """Words as the lists have them."""
    if kind == "yes":
        return _YES.get(cell, cell)
    if kind == "codes":
        return [meant(key, part) for part in _LIST.split(cell) if part]
    if kind == "digits":
        return identity.unwrapped(cell)
    if kind == "named":
        return cell.removesuffix(_NAMED_AFTER) if len(cell) > 1 else cell
    return meant(key, cell)


def _in_month(year: int, month: int | None, which: MonthsAs) -> date:
    """The first or last day of a month, or of a year."""
    if which == "first":
        return date(year, month or 1, 1)
    return date(year, month or _DECEMBER, calendar.monthrange(year, month or _DECEMBER)[1])


@cache
def _kinds(owner: Owner) -> dict[str, str]:
    """How the cell of a field is read, where it is not taken as it stands."""
    read: dict[str, str] = {key: item.kind for key, item in items(owner).items() if item.kind in _AS_THEY_ARE}
    read |= {key: "number" for key, item in items(owner).items() if item.kind in _NUMBERS}
    read |= {key: "word" for key, item in items(owner).items() if item.kind == "code"}
    special = {**dict.fromkeys(_DAYS, "date"), **dict.fromkeys(_LISTS, "codes"), **dict.fromkeys(_ASIDE, "aside")}
    return {
        **read,
        **special,
        "relation": "word",
        "phone": "phone",
        "number": "digits",
        "bank_card": "digits",
        "ethnicity": "named",
    }


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

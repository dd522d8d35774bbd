"""What must hold of a department's record, and what is kept of it. Pure: no clock, no session.

The person's number is used here and never kept: neither in the record nor in anything else that is said about it.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from services.registry.register.fields.headers import factor, find
from services.registry.register.fields.records import Fault
from services.registry.verification.feeds.records import Delivered, Feed, Villages
from shared.names import identity
from shared.sheets.problems import ColumnsMissing
from shared.words import Name

_DAY = re.compile(r"^(\d{4})\D?(\d{1,2})\D?(\d{1,2})\D?$")
_LONGEST = 120
# A header has more than a name: who the person is, where, or which record it is.
_TELLING = {"record_no", "number", "born", "village", "village_name"}
_AS_THEY_ARE = {"平方米", "平米", "m2"}  # units of what is no money, in which it is kept
_REQUIRED = ("name",)


class RecordRefused(ValueError):
    """A record that cannot be kept, with every rule that it breaks."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(", ".join(f"{one.field}: {one.rule}" for one in faults))
        self.faults = faults


def columns_of(feed: Feed, header: Sequence[str]) -> dict[int, str]:
    """The field at each position of a header line. Raises ColumnsMissing (422)."""
    known = ((at, find(name, feed.headers)) for at, name in enumerate(header))
    found = {at: feed.headers[one.header] for at, one in known if one}
    missing = [name for name in _REQUIRED if name not in found.values()]
    if _TELLING.isdisjoint(found.values()):
        missing.append("number")
    if missing:
        wanted = tuple(Name(feed.header(field)) for field in missing)
        raise ColumnsMissing(field="header", rule="required columns", columns=wanted)
    return found


def factors_of(feed: Feed, header: Sequence[str]) -> dict[str, Decimal]:
    """By what the numbers of fields are multiplied whose header names another unit. Raises UnitUnknown (422)."""
    found = dict[str, Decimal]()
    for name in header:
        known = find(name, feed.headers)
        if known and feed.fields.get(feed.headers[known.header]) == "number" and known.remark not in _AS_THEY_ARE:
            by = factor(name, "yuan", known.remark)
            found |= {feed.headers[known.header]: by} if by else {}
    return found


def converted(values: Mapping[str, str], factors: Mapping[str, Decimal]) -> dict[str, str]:
    """The texts of a record with numbers in the unit that the feed keeps; what is no number stays as it is."""
    done = dict(values)
    for field, by in factors.items():
        if plain := done.get(field, "").replace(",", "").replace("，", "").strip():
            try:
                done[field] = format(Decimal(plain) * by, "f")
            except InvalidOperation:
                continue
    return done


def is_header(feed: Feed, columns: Sequence[str]) -> bool:
    """Whether a line is the header of a feed's file."""
    known = (find(name, feed.headers) for name in columns)
    said = {feed.headers[one.header] for one in known if one}
    return said.issuperset(_REQUIRED) and not said.isdisjoint(_TELLING)


def cells_of(columns: Mapping[int, str], cells: Sequence[str]) -> dict[str, str]:
    """The cells of a line that say something, by field; of several columns of a field the first."""
    values: dict[str, str] = {}
    for at, field in columns.items():
        if at < len(cells) and cells[at].strip():
            values.setdefault(field, cells[at])
    return values


def read(feed: Feed, values: Mapping[str, str], villages: Villages, today: date) -> Delivered:
    """A record from texts by field. ``villages`` are those of the county: code and (unique) name to code.

    Raises RecordRefused. A number that is no identity number is no reason: the department's record stays what it is.
    """
    wrong: list[Fault] = []
    number = identity.normalise(values.get("number"))
    days = {field: _day(values.get(field, ""), field, wrong) for field in ("born", "from_on", "ended_on")}
    record_no, name = values.get("record_no", "").strip(), _name(values.get("name", ""))
    if not record_no or len(record_no) > _LONGEST:
        wrong.append(Fault("record_no", "required", "缺少记录编号", "every record has a number of its own"))
    if identity.NUMBERS.search(record_no):
        wrong.append(
            Fault("record_no", "no personal number", "记录编号不得为证件或电话号码", "is somebody's personal number")
        )
    if not name or len(name) > _LONGEST:
        wrong.append(Fault("name", "required", "缺少姓名", "no name"))
    version = values.get("version", "").strip() or "1"
    if not (version.isascii() and version.isdigit() and 0 < int(version[:10]) < 2**31):
        wrong.append(Fault("version", "a whole number from 1 on", "版本号应为正整数", "is no version"))
    if days["ended_on"] and days["from_on"] and days["ended_on"] < days["from_on"]:
        wrong.append(Fault("ended_on", "after the beginning", "终止日期早于起始日期", "ends before it begins"))
    if days["born"] and days["born"] > today:
        wrong.append(Fault("born", "not in the future", "出生日期晚于今天", "born in the future"))
    details = {field: _detail(feed, field, values.get(field, ""), wrong) for field in feed.fields}
    if wrong:
        raise RecordRefused(wrong)
    born = days["born"] or (identity.birth_date(number) if identity.is_resident(number[:18]) else None)
    village = villages.get(values.get("village", "").strip()) or villages.get(values.get("village_name", "").strip())
    kept = {field: value for field, value in details.items() if value}
    return Delivered(record_no, int(version), name, number, born, village, days["from_on"], days["ended_on"], kept)


def _name(text: str) -> str:
    """A name without spaces, and without a number that somebody has written beside it."""
    return identity.NUMBERS.sub("", "".join(text.split())).replace("•", "·")


def _detail(feed: Feed, field: str, text: str, wrong: list[Fault]) -> str:
    text = text.strip()[:_LONGEST]
    if not text or feed.fields[field] == "text":
        return identity.mask_numbers(text)
    try:
        number = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        wrong.append(Fault(field, "a number", "应为数字", "is no number"))
        return ""
    return format(number, "f")


def _day(text: str, field: str, wrong: list[Fault]) -> date | None:
    text = text.strip()
    if not text:
        return None
    found = _DAY.match(text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else date.fromisoformat(text)
    except ValueError:
        wrong.append(Fault(field, "a date", "日期不正确", "is no date"))
        return None

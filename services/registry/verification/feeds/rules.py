"""What must hold of a department's record, and what is kept of it. Pure: no clock, no session.

The person's number is used here and never kept: neither in the record nor in anything else that is said about it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from services.registry.verification.feeds.catalogue import Feed
from shared.names import identity

_DAY = re.compile(r"^(\d{4})\D?(\d{1,2})\D?(\d{1,2})\D?$")
# Numbers of persons and phones that stand where they should not, in texts that are kept.
_PERSONAL = re.compile(r"\d{17}[\dXx]|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)\d{15,19}(?!\d)")
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Wrong:
    """A rule that a record breaks."""

    field: str
    rule: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """A record as a department gives it; ``number`` is the person's number, normalised, or empty."""

    record_no: str
    version: int
    name: str
    number: str
    born: date | None
    village: str | None
    from_on: date | None
    ended_on: date | None
    details: dict[str, str]


class RecordRefused(ValueError):
    """A record that cannot be kept, with every rule that it breaks."""

    def __init__(self, wrong: list[Wrong]) -> None:
        super().__init__(", ".join(f"{one.field}: {one.rule}" for one in wrong))
        self.wrong = wrong


def read(feed: Feed, values: Mapping[str, str], villages: Mapping[str, str], today: date) -> Delivered:
    """A record from texts by field. ``villages`` are those of the county: code and (unique) name to code.

    Raises RecordRefused. A number that is no identity number is no reason: the department's record stays what it is.
    """
    wrong: list[Wrong] = []
    number = identity.normalise(values.get("number"))
    days = {field: _day(values.get(field, ""), field, wrong) for field in ("born", "from_on", "ended_on")}
    record_no, name = values.get("record_no", "").strip(), _name(values.get("name", ""))
    if not record_no or len(record_no) > _LONGEST:
        wrong.append(Wrong("record_no", "required", "缺少记录编号", "every record has a number of its own"))
    if _PERSONAL.search(record_no):
        wrong.append(
            Wrong("record_no", "no personal number", "记录编号不得为证件或电话号码", "is somebody's personal number")
        )
    if not name or len(name) > _LONGEST:
        wrong.append(Wrong("name", "required", "缺少姓名", "no name"))
    version = values.get("version", "").strip() or "1"
    if not (version.isascii() and version.isdigit() and 0 < int(version[:10]) < 2**31):
        wrong.append(Wrong("version", "a whole number from 1 on", "版本号应为正整数", "is no version"))
    if days["ended_on"] and days["from_on"] and days["ended_on"] < days["from_on"]:
        wrong.append(Wrong("ended_on", "after the beginning", "终止日期早于起始日期", "ends before it begins"))
    if days["born"] and days["born"] > today:
        wrong.append(Wrong("born", "not in the future", "出生日期晚于今天", "born in the future"))
    details = {field: _detail(feed, field, values.get(field, ""), wrong) for field in feed.fields}
    if wrong:
        raise RecordRefused(wrong)
    born = days["born"] or (identity.birth_date(number) if identity.is_resident(number[:18]) else None)
    village = villages.get(values.get("village", "").strip()) or villages.get(values.get("village_name", "").strip())
    kept = {field: value for field, value in details.items() if value}
    return Delivered(record_no, int(version), name, number, born, village, days["from_on"], days["ended_on"], kept)


def _name(text: str) -> str:
    """A name without spaces, and without a number that somebody has written beside it."""
    return _PERSONAL.sub("", "".join(text.split())).replace("•", "·")


def _detail(feed: Feed, field: str, text: str, wrong: list[Wrong]) -> str:
    text = text.strip()[:_LONGEST]
    if not text or feed.fields[field] == "text":
        return _PERSONAL.sub(lambda found: identity.mask_number(found[0]), text)
    try:
        number = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        wrong.append(Wrong(field, "a number", "应为数字", "is no number"))
        return ""
    return format(number, "f")


def _day(text: str, field: str, wrong: list[Wrong]) -> date | None:
    text = text.strip()
    if not text:
        return None
    found = _DAY.match(text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else date.fromisoformat(text)
    except ValueError:
        wrong.append(Wrong(field, "a date", "日期不正确", "is no date"))
        return None

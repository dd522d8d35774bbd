"""The columns that a notice may show. What is not listed, or shows what is nobody's business, is refused."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from shared.problems import Invalid
from shared.words import Word, words

_FILE = Path(__file__).with_name("columns.yaml")
_SHOWS = words(
    identity=("身份", "who somebody is beyond the name"),
    phone=("电话", "a phone number"),
    bank_card=("银行账户", "a bank account"),
    health=("健康状况", "health"),
    disability=("残疾状况", "disability"),
    minor_name=("未成年人姓名", "a minor's name"),
)


class ColumnSensitive(Invalid):
    slug = "notice-column-sensitive"
    zh = "公示不得出现“{column}”，会暴露{shown}"
    en = "A notice does not show '{column}': it would show {shown}"
    column: Word
    shown: Word


class ColumnUnknown(Invalid):
    slug, zh = "notice-column-unknown", "公示栏目不在目录内，可用栏目：{allowed}"
    en = "A notice has no such column; it may have: {allowed}"
    allowed: tuple[Word, ...]


class ColumnTwice(Invalid):
    slug, zh, en = "notice-column-twice", "公示栏目重复或为空", "Each column stands once, and there is at least one"


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every known column: its title in zh and en, and what it ``shows`` that no notice may show."""
    columns: dict[str, dict[str, str]] = yaml.safe_load(_FILE.read_text())
    return columns


def _allowed() -> tuple[Word, ...]:
    return tuple(Word(name, one["zh"], one["en"]) for name, one in catalogue().items() if "shows" not in one)


def permitted(columns: Sequence[str], field: str = "columns") -> list[str]:
    """The columns, where all of them may be shown. Raises ColumnSensitive, ColumnUnknown or ColumnTwice."""
    for column in columns:
        known = catalogue().get(column)
        if known is None:
            raise ColumnUnknown(field=field, rule="in the catalogue", allowed=_allowed())
        if shows := known.get("shows"):
            called = Word(column, known["zh"], known["en"])
            raise ColumnSensitive(field=field, rule=f"shows {shows}", column=called, shown=_SHOWS[shows])
    if not columns or len(set(columns)) < len(columns):
        raise ColumnTwice(field=field, rule="once each")
    return list(columns)


def titles(columns: Sequence[str]) -> list[str]:
    return [catalogue()[column]["zh"] for column in columns]


def shown_name(name: str, born: date | None, on: date, minor_age: int) -> str:
    """The name of a head of household on a notice: of a minor only the first character."""
    if born is None:
        return name
    grown = born.replace(year=born.year + minor_age) if (born.month, born.day) != (2, 29) else None
    comes_of_age = grown or date(born.year + minor_age, 3, 1)
    return name if comes_of_age <= on else name[:1] + "**"


def cells(columns: Sequence[str], facts: Mapping[str, str]) -> list[str]:
    """One row of a notice; what is not known of a subject stays empty."""
    return [facts.get(column, "") for column in columns]

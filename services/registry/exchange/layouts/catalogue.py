"""The layouts in which register files come and go, as ``layouts.yaml`` and the national field table state them."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field

from services.registry.exchange.layouts.records import Headers, Layout, Line
from services.registry.register.fields.catalogue import Owner, items
from services.registry.register.fields.headers import plain

OWN = "own"  # the layout of a file that is none of the national ones


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: str
    zh: str
    en: str
    year: int
    a_line: Line = "person"
    recognised_by: tuple[str, ...]
    attribute: dict[str, str] = {}
    columns: tuple[str, ...]
    source: str


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid")

    household: dict[str, str]
    member: dict[str, str]
    not_kept: frozenset[str]
    outcome: str
    layouts: Annotated[list[_Entry], Field(min_length=1)]


@cache
def _table() -> _Table:
    return _Table.model_validate(yaml.safe_load(Path(__file__).with_name("layouts.yaml").read_text()))


@cache
def headers() -> Headers:
    """Every header that is understood, in its one form: of the files' own columns, of the items and their codes."""
    table = _table()
    return Headers(
        _fields("household", table.household), _fields("member", table.member), table.not_kept, table.outcome
    )


def called(owner: Owner, field: str) -> str | None:
    """What the column of a field is called where a file has none: its item, or the first header that brings it."""
    if item := items(owner).get(field):
        return item.zh
    return next((header for header, one in headers().of(owner).items() if one == field), None)


def _fields(owner: Owner, own: dict[str, str]) -> dict[str, str]:
    named = own | {header: item.key for item in items(owner).values() for header in (item.zh, *item.also)}
    coded = {item.code: item.key for item in items(owner).values() if item.code}
    return {plain(header): field for header, field in (named | coded).items()}


@cache
def layouts() -> dict[str, Layout]:
    """Every layout by its key."""
    return {
        entry.key: Layout(
            entry.key,
            entry.zh,
            entry.en,
            entry.a_line,
            tuple(map(plain, entry.recognised_by)),
            entry.attribute,
            tuple(_columns(entry.columns, entry.year)),
        )
        for entry in _table().layouts
    }


def _columns(named: tuple[str, ...], year: int) -> Iterable[str]:
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
    owners: tuple[Owner, ...] = ("household", "member")
    for owner in owners:
        if plain(header) in headers().of(owner):
            return owner, headers().of(owner)[plain(header)]
    return "", header

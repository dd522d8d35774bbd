"""The feeds 部门数据 that departments bring, as ``feeds.yaml`` states them."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from services.registry.register.fields.headers import plain
from services.registry.verification.feeds.records import Feed, FieldKind
from shared.problems import NotFound


class NoSuchFeed(NotFound):
    slug, zh, en = "no-such-feed", "没有这类部门数据", "There is no such feed"


class _Field(BaseModel):
    model_config = ConfigDict(extra="forbid")

    headers: list[str]
    kind: FieldKind


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: str
    zh: str
    en: str
    department: str
    also: dict[str, list[str]]
    fields: dict[str, _Field]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    common: dict[str, list[str]]
    feeds: list[_Entry]


@cache
def feeds() -> dict[str, Feed]:
    """Every feed by its code."""
    file = _File.model_validate(yaml.safe_load(Path(__file__).with_name("feeds.yaml").read_text()))
    return {entry.code: _feed(entry, file.common) for entry in file.feeds}


def feed(code: str) -> Feed:
    """One feed. Raises NoSuchFeed (404)."""
    found = feeds().get(code)
    if found is None:
        raise NoSuchFeed(field="feed")
    return found


def _feed(entry: _Entry, common: dict[str, list[str]]) -> Feed:
    named = [(field, [*entry.also.get(field, []), *headers]) for field, headers in common.items()]
    named += [(field, about.headers) for field, about in entry.fields.items()]
    return Feed(
        entry.code,
        entry.zh,
        entry.en,
        entry.department,
        {plain(header): field for field, headers in named for header in headers},
        {field: about.kind for field, about in entry.fields.items()},
    )

"""The feeds 部门数据 that departments bring: which columns a file has, and what is kept of a record."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from shared.problems import Invalid, NotFound

Kind = Literal["text", "number"]
_FILE = Path(__file__).with_name("feeds.yaml")
COMMON = ("record_no", "version", "name", "number", "born", "village", "village_name", "from_on", "ended_on")


class NoSuchFeed(NotFound):
    slug, zh, en = "no-such-feed", "没有这类部门数据", "There is no such feed"


class ColumnsMissing(Invalid):
    slug, zh, en = "columns-missing", "文件缺少列：{columns}", "The file lacks columns: {columns}"


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: ``headers`` names the field of each column that is understood, ``fields`` the kind of what is kept."""

    code: str
    zh: str
    en: str
    department: str
    headers: dict[str, str]
    fields: dict[str, Kind]

    def columns(self, header: list[str]) -> dict[int, str]:
        """The field at each position of a header line. Raises ColumnsMissing."""
        found = {at: self.headers[name.strip()] for at, name in enumerate(header) if name.strip() in self.headers}
        if missing := [name for name in ("record_no", "name") if name not in found.values()]:
            wanted = "、".join(self.header(field) for field in missing)
            raise ColumnsMissing(field="header", rule="required columns", columns=wanted)
        return found

    def header(self, field: str) -> str:
        """The header under which somebody knows a field."""
        return next((header for header, name in self.headers.items() if name == field), field)


@cache
def feeds() -> dict[str, Feed]:
    """Every feed by its code."""
    data = yaml.safe_load(_FILE.read_text())
    return {entry["code"]: _feed(entry, data["common"]) for entry in data["feeds"]}


def feed(code: str) -> Feed:
    """One feed. Raises NoSuchFeed (404)."""
    found = feeds().get(code)
    if found is None:
        raise NoSuchFeed(field="feed")
    return found


def _feed(entry: dict[str, Any], common: dict[str, list[str]]) -> Feed:
    named = [(field, [*entry["also"].get(field, []), *headers]) for field, headers in common.items()]
    named += [(field, about["headers"]) for field, about in entry["fields"].items()]
    return Feed(
        entry["code"],
        entry["zh"],
        entry["en"],
        entry["department"],
        {header: field for field, headers in named for header in headers},
        {field: about["kind"] for field, about in entry["fields"].items()},
    )

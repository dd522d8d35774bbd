"""Villages by code, or by the names of county, township and village as national exports give them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.households.rules import Fault

_DIVISIONS = text("""
    SELECT code, name, valid_to IS NULL OR valid_to > :today AS now FROM division
    WHERE (code >= :low AND code < :high) OR code IN (left(:low, 6), left(:low, 9))
""")
_COUNTY, _TOWN, _VILLAGE = 6, 9, 12


@dataclass(frozen=True, slots=True)
class Places:
    """The villages of a caller's division: their codes, and their codes by name with county and township."""

    villages: frozenset[str]
    named: dict[str, list[tuple[str, frozenset[str], frozenset[str]]]]

    def code(self, county: str | None, town: str | None, village: str | None) -> str | Fault:
        """The one village with these names (those that are given), or why there is none."""
        if village is None:
            return Fault("village", "required", "须填行政村", "is required")
        found = {
            code
            for code, towns, counties in self.named.get(_plain(village), ())
            if (town is None or _plain(town) in towns) and (county is None or _plain(county) in counties)
        }
        if len(found) == 1:
            return found.pop()
        if found:
            zh, en = (
                "辖区内有几个同名行政村，请填乡或行政村代码",
                "several villages have this name: give township or code",
            )
            return Fault("village", "one village", zh, en)
        return Fault("village", "a village of yours", "辖区内没有该名称的行政村", "no village of your division")


def places_of(rows: Iterable[Any]) -> Places:
    """From divisions with ``code``, ``name`` and whether they exist ``now``."""
    listed = list(rows)
    names: dict[str, set[str]] = defaultdict(set)
    for row in listed:
        if row.now:
            names[row.code].add(_plain(row.name))
    named: dict[str, list[tuple[str, frozenset[str], frozenset[str]]]] = defaultdict(list)
    for code in [code for code in names if len(code) == _VILLAGE]:
        around = frozenset(names[code[:_TOWN]]), frozenset(names[code[:_COUNTY]])
        for name in names[code]:
            named[name].append((code, *around))
    return Places(frozenset(code for code in names if len(code) == _VILLAGE), dict(named))


async def places(session: AsyncSession, prefix: str, today: date) -> Places:
    """The places of a division as they are on a day."""
    bound = {"low": prefix, "high": prefix + ":", "today": today}
    return places_of(await session.execute(_DIVISIONS, bound))


def _plain(name: str) -> str:
    return "".join(name.split())

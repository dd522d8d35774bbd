"""Villages by code, or by the names of county, township and village as national exports give them. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from services.registry.register.fields.records import Fault

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


def places_of(divisions: Iterable[tuple[str, str]]) -> Places:
    """From code and name of each division that exists now."""
    names: dict[str, set[str]] = defaultdict(set)
    for code, name in divisions:
        names[code].add(_plain(name))
    named: dict[str, list[tuple[str, frozenset[str], frozenset[str]]]] = defaultdict(list)
    for code in [code for code in names if len(code) == _VILLAGE]:
        around = frozenset(names[code[:_TOWN]]), frozenset(names[code[:_COUNTY]])
        for name in names[code]:
            named[name].append((code, *around))
    return Places(frozenset(code for code in names if len(code) == _VILLAGE), dict(named))


def _plain(name: str) -> str:
    return "".join(name.split())

"""Villages by code, or by the names of county, township and village as national exports give them. Pure."""

import re
import unicodedata
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


# What offices write behind the name of a division: its committee, its government.
_OFFICE = re.compile(r"(?:村民委员会|村委会|居民委员会|居委会|人民政府|政府|办事处)$")


def _plain(name: str) -> str:
    """A name in one form: 红星村委会, 红星村村委会 and 红星村 are one village."""
    plain = "".join(unicodedata.normalize("NFKC", name).split())
    if (office := _OFFICE.search(plain)) is None:
        return plain
    before = plain[: office.start()]
    if office[0].startswith("村") and not before.endswith("村"):
        return f"{before}村"
    if office[0].startswith("居") and not before.endswith(("社区", "村")):
        return f"{before}社区"
    return f"{before}街道" if office[0] == "办事处" and not before.endswith("街道") else before

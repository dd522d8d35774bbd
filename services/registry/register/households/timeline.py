"""Corrections that reach back: what was believed of a stretch of days is replaced from a day on. Pure.

A corrected fact holds from its day until the day on which a later change set the same fact; what others recorded
for later days stays. Which change set a fact of a stretch is its origin (absent: version 1, the registration).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, NamedTuple, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Stretch(Generic[Row]):
    """What is believed to hold from ``start`` to ``end`` (exclusive; None: still), and the row that says so."""

    start: date
    end: date | None
    facts: Mapping[str, object]
    origins: Mapping[str, int]
    row: Row

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


class Replacement(NamedTuple, Generic[Row]):
    """A stretch and what is believed instead of it."""

    old: Stretch[Row]
    new: list[Stretch[Row]]


def corrected(
    stretches: Iterable[Stretch[Row]], day: date, patch: Mapping[str, object], version: int
) -> list[Replacement[Row]]:
    """What changes when facts turn out different from a day on; a fact given as None becomes unknown.

    Raises LookupError where nothing is believed of that day.
    """
    believed = sorted(stretches, key=lambda one: one.start)
    then = next((one for one in believed if one.covers(day)), None)
    if then is None:
        raise LookupError(day)
    left = dict(patch)
    replacements = []
    for one in believed:
        if one.end is not None and one.end <= day:
            continue
        # Once a later change has set a fact, the correction of the earlier one ends for good.
        left = {key: value for key, value in left.items() if origin(one, key) == origin(then, key)}
        if any(one.facts.get(key) != value for key, value in left.items()):
            replacements.append(Replacement(one, list(_parts(one, day, left, version))))
    return replacements


def origin(one: Stretch[Row], key: str) -> int:
    """The version whose change set a fact of a stretch."""
    return one.origins.get(key, 1)


def _parts(one: Stretch[Row], day: date, patch: Mapping[str, object], version: int) -> Iterator[Stretch[Row]]:
    start = max(one.start, day)
    if one.start < start:
        yield replace(one, end=start)
    facts = {key: value for key, value in {**one.facts, **patch}.items() if value is not None}
    yield replace(one, start=start, facts=facts, origins={**one.origins, **dict.fromkeys(patch, version)})

"""What a household's income comes to. Pure; amounts in fen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Total:
    """Counted net income, what was recorded and not counted, and the counted income a person."""

    counted: int
    not_counted: int
    per_capita: int


def total(lines: Iterable[tuple[str, int]], kinds: Mapping[str, Any], size: int) -> Total:
    """Totals of (kind, fen) lines for a household of ``size`` persons. Per capita is rounded down: to exceed a line
    by rounding would be to invent income.
    """
    counted = not_counted = 0
    for kind, amount in lines:
        rule = kinds[kind]
        if rule["counted"]:
            counted += rule["sign"] * amount
        else:
            not_counted += amount
    return Total(counted, not_counted, counted // size if size else 0)

"""The thresholds of audit rules: policies ``audit.*`` of a county on a day, as values that SQL can be given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.checks.catalogue import Rule, parse
from shared import policy
from shared.names.money import parse_yuan
from shared.policy import Reference

# Always needed: what members are counted by.
COUNTED = ("labour_able", "schools_senior", "pension_age")
_TYPES = {"yuan": "bigint", "measure": "numeric", "count": "integer", "counts": "integer[]", "texts": "text[]"}


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold: its type and value in SQL, its value as the policy states it, and the policy's reference."""

    sql: str
    value: Any
    stated: dict[str, Any]
    reference: Reference


def names(rules: Iterable[Rule]) -> list[str]:
    """The thresholds that some rules use."""
    return sorted({*COUNTED, *(name for rule in rules for name in parse(rule).thresholds)})


async def resolve(session: AsyncSession, rules: Iterable[Rule], division: str, on: date) -> dict[str, Threshold]:
    """The thresholds of some rules in force. Raises NoPolicy (422)."""
    keys = {f"audit.{name}": name for name in names(rules)}
    found = await policy.resolve_all(session, keys, division, on)
    return {name: _threshold(found[key]) for key, name in keys.items()}


def _threshold(found: policy.Policy) -> Threshold:
    unit, stated = next(iter(found.value.items()))
    value: Any = stated
    if unit == "yuan":
        value = parse_yuan(stated)
    if unit == "measure":
        value = Decimal(stated)
    return Threshold(_TYPES[unit], value, found.value, found.reference())

"""The thresholds of rules: policies ``checks.*`` of a county on a day, as values that SQL can be given."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.checks.records import Rule, Threshold, Thresholds
from services.registry.verification.checks.rules import parse
from shared import policy
from shared.names.money import parse_yuan

# Always needed: what members are counted by.
COUNTED = ("labour_able", "schools_senior", "pension_age", "relations_married")


class _Stated(BaseModel):
    """A threshold's value in its unit: one of these."""

    model_config = ConfigDict(extra="forbid")

    yuan: str | None = None
    measure: Decimal | None = None
    count: int | None = None
    counts: list[int] | None = None
    texts: list[str] | None = None

    def for_sql(self) -> tuple[str, object]:
        """The type in SQL and the value."""
        if self.yuan is not None:
            return "bigint", parse_yuan(self.yuan)
        if self.measure is not None:
            return "numeric", self.measure
        if self.count is not None:
            return "integer", self.count
        return ("integer[]", self.counts) if self.counts is not None else ("text[]", self.texts)


def names(rules: Iterable[Rule]) -> list[str]:
    """The thresholds that some rules use."""
    return sorted({*COUNTED, *(name for rule in rules for name in parse(rule).thresholds)})


async def thresholds(session: AsyncSession, rules: Iterable[Rule], division: str, on: date) -> Thresholds:
    """The thresholds of some rules in force. Raises NoPolicy (422)."""
    keys = {f"checks.{name}": name for name in names(rules)}
    found = await policy.resolve_all(session, keys, division, on)
    return {name: _threshold(found[key]) for key, name in keys.items()}


def _threshold(found: policy.Policy) -> Threshold:
    sql, value = found.read(_Stated).for_sql()
    return Threshold(sql, value, found.read(dict[str, object]), found)

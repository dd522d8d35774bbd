"""Grounds of exclusion (八不入 and its kin) and the rules that look for them, as the policies in force state them."""

from collections.abc import Mapping
from datetime import date

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.screening.records import Ground, InForce, Rule
from shared import policy

_RULES, _GROUNDS, _SURE = TypeAdapter(list[Rule]), TypeAdapter(list[Ground]), TypeAdapter(dict[str, int])


async def in_force(session: AsyncSession, division: str, on: date) -> InForce:
    """The rules and grounds of the nearest division on a day. Raises NoPolicy."""
    rules = await policy.resolve(session, "screening.rules", division, on)
    grounds = await policy.resolve(session, "screening.grounds", division, on)
    return InForce(
        {rule.id: rule for rule in _RULES.validate_python(rules.value)},
        {ground.code: ground for ground in _GROUNDS.validate_python(grounds.value)},
        rules,
        grounds,
    )


async def confidence(session: AsyncSession, division: str, on: date) -> Mapping[str, int]:
    """How sure each way of matching is, and from how much on it raises a doubt."""
    return _SURE.validate_python((await policy.resolve(session, "screening.matching", division, on)).value)

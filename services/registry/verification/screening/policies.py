"""Grounds of exclusion (八不入 and its kin) and the rules that look for them, as the policies in force state them."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.screening.records import Ground, InForce, Rule
from shared import policy


async def in_force(session: AsyncSession, division: str, on: date) -> InForce:
    """The rules and grounds of the nearest division on a day. Raises NoPolicy."""
    rules = await policy.resolve(session, "screening.rules", division, on)
    grounds = await policy.resolve(session, "screening.grounds", division, on)
    return InForce(
        {rule.id: rule for rule in rules.read(list[Rule])},
        {ground.code: ground for ground in grounds.read(list[Ground])},
        rules,
        grounds,
    )


async def confidence(session: AsyncSession, division: str, on: date) -> Mapping[str, int]:
    """How sure each way of matching is, and from how much on it raises a doubt."""
    return (await policy.resolve(session, "screening.matching", division, on)).read(dict[str, int])

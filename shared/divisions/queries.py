"""Divisions by name, from the registry's own table or from what it publishes: both have the same columns."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# The name of today; of a division that has ended, the last one it had.
_NAMES = text("SELECT code, name FROM division WHERE code = ANY(:codes) ORDER BY valid_from")


async def place_names(session: AsyncSession, codes: Iterable[str]) -> dict[str, str]:
    """Divisions by name, a village with its town: 大安镇新岗村. A division without a name is called by its code."""
    asked = set(codes)
    parts = asked | {code[:9] for code in asked if len(code) > 9}
    named = {row.code: row.name for row in await session.execute(_NAMES, {"codes": sorted(parts)})}
    return {code: named.get(code[:9], "") * (len(code) > 9) + named.get(code, code) for code in asked}

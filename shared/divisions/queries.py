"""Divisions by name, from the registry's own table or from what it publishes: both have the same columns."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# The name of today; of a division that has ended, the last one it had.
_NAMES = text("SELECT code, name FROM division WHERE code = ANY(:codes) ORDER BY valid_from")


async def place_names(session: AsyncSession, codes: Iterable[str]) -> dict[str, str]:
    """Divisions by name, a village with its town: 大安镇新岗村. A division that has no name here is absent."""
    asked = set(codes)
    parts = asked | {code[:9] for code in asked}
    named = {row.code: row.name for row in await session.execute(_NAMES, {"codes": sorted(parts)})}
    full = {code: (named.get(code[:9], "") if len(code) > 9 else "") + named.get(code, "") for code in asked}
    return {code: name for code, name in full.items() if code in named}

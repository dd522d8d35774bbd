"""A household that moves to another village no longer lives in its natural village."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.changes.consequences import Consequence, goes_along, gone_from_village
from services.registry.register.changes.records import Applied

# Who came on the day itself was there for a day: a stay has a first and a last day.
_LEAVE = text("""
    UPDATE household_place p SET valid_to = greatest(gone.day, p.valid_from + 1)
    FROM unnest(CAST(:ids AS uuid[]), CAST(:days AS date[])) AS gone(id, day)
    WHERE p.household_id = gone.id AND p.valid_to IS NULL
""")


async def end_stays(session: AsyncSession, changes: Sequence[Applied]) -> None:
    """End the stay of households that these changes move, not where only its code changed."""
    if gone := gone_from_village(changes):
        bound = {"ids": [one.household_id for one in gone], "days": [one.change.effective_on for one in gone]}
        await session.execute(_LEAVE, bound)


CONSEQUENCES: tuple[Consequence, ...] = (end_stays, goes_along("household_place", moves=False))

"""A household that moves to another village no longer lives in its natural village."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# Who came on the day itself was there for a day: a stay has a first and a last day.
_LEAVE = text("""
    UPDATE household_place p SET valid_to = greatest(gone.day, p.valid_from + 1)
    FROM unnest(CAST(:ids AS uuid[]), CAST(CAST(:days AS text[]) AS date[])) AS gone(id, day)
    WHERE p.household_id = gone.id AND p.valid_to IS NULL
""")


async def left(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """End the stay of households that these changes move, not where only its code changed."""
    gone = [row for row in rows if row.get("leaves_division") and row["kind"] != "redivided"]
    if gone:
        bound = {"ids": [row["id"] for row in gone], "days": [row["effective_on"] for row in gone]}
        await session.execute(_LEAVE, bound)

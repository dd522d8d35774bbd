"""A household that is no longer on the register, or no longer of this village, leaves its helpers: history stays."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.responsibility import telling
from services.registry.register.codes import named

# A helper who began on the day itself (or, of a change known late, after it) ends on the day after he began.
_LEAVE = text("""
    UPDATE responsibility r SET ended_on = greatest(gone.day, r.started_on + 1), ended_note = gone.reason,
        version = version + 1
    FROM unnest(CAST(:ids AS uuid[]), CAST(CAST(:days AS text[]) AS date[]), CAST(:reasons AS text[]))
        AS gone(id, day, reason)
    WHERE r.household_id = gone.id AND r.ended_on IS NULL
    RETURNING r.id
""")


async def left(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """End the helpers of households that these changes removed or moved; those who left poverty keep theirs.

    So does a household whose village became another: it has not moved.
    """
    gone = [
        row
        for row in rows
        if row["status"] == "removed" or (row.get("leaves_division") and row["kind"] != "redivided")
    ]
    if not gone:
        return
    bound = {
        "ids": [row["id"] for row in gone],
        "days": [row["effective_on"] for row in gone],
        "reasons": [f"随户变动结束：{named(row['reason'])[0]}" for row in gone],
    }
    ended = (await session.execute(_LEAVE, bound)).scalars().all()
    await telling.told(session, "ended", ended)

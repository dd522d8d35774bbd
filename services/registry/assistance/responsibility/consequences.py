"""A household that is no longer on the register, or no longer of this village, leaves its helpers: history stays."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.responsibility import store
from services.registry.register.changes.consequences import gone_from_village
from services.registry.register.changes.records import Applied
from services.registry.register.codes import named

# A helper who began on the day itself (or, of a change known late, after it) ends on the day after they began.
_LEAVE = text("""
    UPDATE responsibility r SET ended_on = greatest(gone.day, r.started_on + 1), ended_note = gone.reason,
        version = version + 1
    FROM unnest(CAST(:ids AS uuid[]), CAST(:days AS date[]), CAST(:reasons AS text[])) AS gone(id, day, reason)
    WHERE r.household_id = gone.id AND r.ended_on IS NULL
    RETURNING r.id
""")


async def end_helpers(session: AsyncSession, changes: Sequence[Applied]) -> None:
    """End the helpers of households that these changes removed or moved; those who left poverty keep theirs.

    So does a household whose village became another: it has not moved.
    """
    gone = [one for one in changes if one.now.status == "removed"] + [
        one for one in gone_from_village(changes) if one.now.status != "removed"
    ]
    if not gone:
        return
    bound = {
        "ids": [one.household_id for one in gone],
        "days": [one.change.effective_on for one in gone],
        "reasons": [f"随户变动结束：{named(one.change.reason)[0]}" for one in gone],
    }
    ended = (await session.execute(_LEAVE, bound)).scalars().all()
    await store.told(session, "ended", ended)

"""A household that is no longer on the register, or no longer of this village, has helpers no more: history stays."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.responsibility import store
from services.registry.register.changes.consequences import gone_from_village
from services.registry.register.changes.records import Applied
from services.registry.register.codes import named


async def end_helpers(session: AsyncSession, changes: Sequence[Applied]) -> None:
    """End the helpers of households that these changes removed or moved; those who left poverty keep theirs.

    So does a household whose village became another: it has not moved.
    """
    gone = [one for one in changes if one.now.status == "removed"] + [
        one for one in gone_from_village(changes) if one.now.status != "removed"
    ]
    if gone:
        await store.end_of_households(
            session,
            [
                (one.household_id, one.change.effective_on, f"随户变动结束：{named(one.change.reason)[0]}")
                for one in gone
            ],
        )

"""A household that is no longer on the register, or no longer of this village, has helpers no more: history stays."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.responsibility import store
from services.registry.register.changes.consequences import Consequence, goes_along, gone_from_village
from services.registry.register.changes.records import Applied
from services.registry.register.codes import named
from services.registry.register.divisions.records import Became


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


async def recode_posts(session: AsyncSession, became: Became) -> None:
    """A village that goes on under a new code keeps its posts and departments; one that is merged gets new ones."""
    if became.recoded:
        await store.recode_posts(session, became.recoded)


CONSEQUENCES: tuple[Consequence, ...] = (end_helpers, goes_along("responsibility", "r.ended_on IS NULL"))

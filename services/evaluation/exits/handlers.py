"""Open exits follow their households to another division."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from shared.households.records import Moved
from shared.workflow.follow import follow


async def follow_households(session: AsyncSession, moved: Sequence[Moved]) -> None:
    """Cases go where their households now are."""
    await follow(session, {one.id: one.after for one in moved})

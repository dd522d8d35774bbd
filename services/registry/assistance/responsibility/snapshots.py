"""The present state of helpers, for consumers that start late."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.responsibility import queries
from services.registry.assistance.responsibility.store import state_of
from shared.events.republish import Present


async def present(session: AsyncSession, after: UUID | None, limit: int) -> list[Present]:
    """Helpers' responsibilities by id; the key is the household, as in their events."""
    return [
        Present(one.id, one.household_id or one.id, one.version, state_of(one))
        for one in await queries.helpers(session, after, limit)
    ]

"""The present state of households, for consumers that start late: what their last event said."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.households import queries
from services.registry.register.households.records import state_of
from shared.events.republish import Present

_NEXT = text("SELECT id FROM household WHERE CAST(:after AS uuid) IS NULL OR id > :after ORDER BY id LIMIT :limit")
_LAST = text("""
    SELECT DISTINCT ON (household_id) household_id, reason, effective_on FROM change
    WHERE household_id = ANY(:ids) AND restates IS NULL ORDER BY household_id, version DESC
""")


async def present(session: AsyncSession, after: UUID | None, limit: int) -> list[Present]:
    """Households by id, with the reason and the day of their last change."""
    ids = list((await session.execute(_NEXT, {"after": after, "limit": limit})).scalars())
    locked = await queries.lock(session, ids)
    last = {row.household_id: row for row in await session.execute(_LAST, {"ids": ids})}
    return [
        Present(id, id, locked[id].version, state_of(locked[id], last[id].reason, last[id].effective_on))
        for id in ids
    ]

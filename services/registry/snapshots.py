"""The present state of the registry's nouns, for consumers that start late."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.responsibility import queries as responsibilities
from services.registry.assistance.responsibility.store import state_of as helper_state
from services.registry.register.households import queries
from services.registry.register.households import records as register
from services.registry.verification.doubts import store
from shared.events.republish import Present, Snapshot

_NEXT = text("SELECT id FROM household WHERE CAST(:after AS uuid) IS NULL OR id > :after ORDER BY id LIMIT :limit")
_LAST = text("""
    SELECT DISTINCT ON (household_id) household_id, reason, effective_on FROM change
    WHERE household_id = ANY(:ids) ORDER BY household_id, version DESC
""")


async def households(session: AsyncSession, after: UUID | None, limit: int) -> list[Present]:
    """Households by id, with what their last event said."""
    ids = list((await session.execute(_NEXT, {"after": after, "limit": limit})).scalars())
    locked = await queries.lock(session, ids)
    last = {row.household_id: row for row in await session.execute(_LAST, {"ids": ids})}
    return [
        Present(id, id, locked[id].version, register.state_of(locked[id], last[id].reason, last[id].effective_on))
        for id in ids
    ]


async def helpers(session: AsyncSession, after: UUID | None, limit: int) -> list[Present]:
    """Helpers' responsibilities by id."""
    return [
        Present(one.id, one.household_id or one.id, one.version, helper_state(one))
        for one in await responsibilities.helpers(session, after, limit)
    ]


async def doubts(session: AsyncSession, after: UUID | None, limit: int) -> list[Present]:
    """Doubts by id; the key is the household where one is concerned, as in their events."""
    return [
        Present(one.id, one.household_id or one.id, one.version, store.state_of(one))
        for one in await store.present(session, after, limit)
    ]


SNAPSHOTS: dict[str, Snapshot] = {
    "registry.household": households,
    "registry.helper": helpers,
    "registry.doubt": doubts,
}

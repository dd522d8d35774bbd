"""The present state of doubts, for consumers that start late."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.doubts.records import COLUMNS, Doubt
from services.registry.verification.doubts.store import state_of
from shared.events.republish import Present

_NEXT = text(f"""
    SELECT {COLUMNS} FROM doubt WHERE CAST(:after AS uuid) IS NULL OR id > :after ORDER BY id LIMIT :limit FOR UPDATE
""")  # noqa: S608 (our own words)


async def present(session: AsyncSession, after: UUID | None, limit: int) -> list[Present]:
    """Doubts by id; the key is the household where one is concerned, as in their events."""
    doubts = [Doubt(*row) for row in await session.execute(_NEXT, {"after": after, "limit": limit})]
    return [Present(one.id, one.household_id or one.id, one.version, state_of(one)) for one in doubts]

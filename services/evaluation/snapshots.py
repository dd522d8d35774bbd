"""The present state of exits, for consumers that start late."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.exits import cases
from shared.events.republish import Present, Snapshot

_NEXT = text("SELECT id FROM exit_case WHERE CAST(:after AS uuid) IS NULL OR id > :after ORDER BY id LIMIT :limit")


async def exits(session: AsyncSession, after: UUID | None, limit: int) -> list[Present]:
    """Cases by id; the key is the household, as in their events."""
    ids = (await session.execute(_NEXT, {"after": after, "limit": limit})).scalars()
    rows = await cases.lock(session, ids)
    return [Present(row.id, row.household_id, row.version, cases.state(row)) for row in rows.values()]


SNAPSHOTS: dict[str, Snapshot] = {"evaluation.exit": exits}

"""The present state of projects, for consumers that start late."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.projects.projects import store
from shared.events.republish import Present, Snapshot

_NEXT = text("SELECT id FROM project WHERE CAST(:after AS uuid) IS NULL OR id > :after ORDER BY id LIMIT :limit")


async def projects(session: AsyncSession, after: UUID | None, limit: int) -> list[Present]:
    """Projects by id."""
    ids = (await session.execute(_NEXT, {"after": after, "limit": limit})).scalars()
    rows = await store.lock(session, ids)
    return [Present(row.id, row.id, row.version, store.state(row)) for row in rows.values()]


SNAPSHOTS: dict[str, Snapshot] = {"projects.project": projects}

"""The present state of projects, for consumers that start late."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.projects.projects import queries, store
from shared.events.republish import Present, Snapshot


async def projects(session: AsyncSession, after: UUID | None, limit: int) -> list[Present]:
    """Projects by id."""
    ids = (await session.execute(queries.NEXT, {"after": after, "limit": limit})).scalars()
    locked = await store.lock(session, ids)
    return [Present(one.id, one.id, one.version, one.state()) for one in locked.values()]


SNAPSHOTS: dict[str, Snapshot] = {"projects.project": projects}

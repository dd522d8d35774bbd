"""SQL of jobs as they are looked at."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.jobs.schemas import JobState
from shared.problems import NotFound

_ONE = text("""
    SELECT id, kind, status, done, total, result, problem, due_at, created_at, finished_at FROM job WHERE id = :id
""")


async def state(session: AsyncSession, id: UUID) -> JobState:
    """A job as it stands. Raises NotFound (404)."""
    row = (await session.execute(_ONE, {"id": id})).one_or_none()
    if row is None:
        raise NotFound(field="job_id")
    return JobState.model_validate(row)

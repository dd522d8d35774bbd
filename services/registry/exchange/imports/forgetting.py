"""The end of an import's files: what is still there when their days are over is deleted."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.imports import store
from shared.jobs import Job, Progress


async def step(session: AsyncSession, job: Job) -> Progress:
    """Forget what came and what was to go back."""
    id = UUID(job.args["import_id"])
    await store.forget(session, id)
    await store.forget_marked(session, id)
    return Progress(finished=True, result={"import": str(id)})

"""The end of a case's notice, as a timer on business time: the next office finds the case on its list."""

from collections.abc import Mapping
from datetime import date, datetime, time

from sqlalchemy.ext.asyncio import AsyncSession

from shared import jobs
from shared.jobs import Job, Progress
from shared.jobs.kinds import Step
from shared.time import clock
from shared.workflow import queries, store
from shared.workflow.kinds import Procedures

NOTICE_END = "case_notice_end"


async def remind(session: AsyncSession, division: str, until: date) -> None:
    """Wake up on the first day after a notice."""
    due_at = datetime.combine(until, time(), clock.SHANGHAI)
    await jobs.enqueue(session, NOTICE_END, {}, division=division, due_at=due_at)


def steps(procedures: Procedures) -> Mapping[str, Step]:
    """The jobs of a service with procedures."""

    async def end_notices(session: AsyncSession, job: Job) -> Progress:
        """Move on the cases whose notice has run out and against which nothing is open."""
        ids = (await session.execute(queries.NOTICE_OVER)).scalars()
        moved = [case for case in (await store.lock(session, ids)).values() if case.verb]
        await store.save(session, procedures, moved)
        done = job.done + len(moved)
        return Progress(done=done, total=done, finished=not moved, result={"cases": done})

    return {NOTICE_END: end_notices}

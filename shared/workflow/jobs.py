"""What is done about cases without anybody asking: notices end on their day, what was moved is published."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared import jobs
from shared.jobs import Job, Progress
from shared.jobs.kinds import Step
from shared.time import clock
from shared.workflow import queries, store
from shared.workflow.kinds import Procedures

NOTICE_END, MOVED = "case_notice_end", "case_moved"


async def remind(session: AsyncSession, division: str, until: date) -> None:
    """Wake up on the first day after a notice."""
    due_at = datetime.combine(until, time(), clock.SHANGHAI)
    await jobs.enqueue(session, NOTICE_END, {}, division=division, due_at=due_at)


async def publish_moved(session: AsyncSession, division: str, ids: Sequence[UUID]) -> None:
    """Publish cases that went to another division: who moves them does not know what they publish."""
    await jobs.enqueue(session, MOVED, {"ids": [str(id) for id in ids]}, division=division)


def steps(procedures: Procedures) -> Mapping[str, Step]:
    """The jobs of a service with procedures."""

    async def end_notices(session: AsyncSession, job: Job) -> Progress:
        """Move on the cases whose notice has run out and against which nothing is open."""
        ids = (await session.execute(queries.NOTICE_OVER)).scalars()
        moved = [case for case in (await store.lock(session, ids)).values() if case.verb]
        await store.save(session, procedures, moved)
        done = job.done + len(moved)
        return Progress(done=done, total=done, finished=not moved, result={"cases": done})

    async def publish(session: AsyncSession, job: Job) -> Progress:
        """Publish the present state of cases that have moved."""
        cases = await store.lock(session, [UUID(id) for id in job.texts_of("ids")])
        for case in cases.values():
            if case.verb is None:
                store.publish(session, procedures, case, "moved")
        await store.save(session, procedures, cases.values())
        return Progress(done=len(cases), total=len(cases), finished=True, result={"cases": len(cases)})

    return {NOTICE_END: end_notices, MOVED: publish}

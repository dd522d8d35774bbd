"""The end of a case's notice, as a timer on business time: the next office finds the case on its list."""

from datetime import date, datetime, time

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.procedures.identification import files
from shared import jobs
from shared.jobs import Job, Progress
from shared.time import clock

_OVER = text("""
    SELECT id FROM case_file WHERE notice_until IS NOT NULL AND notice_until <= business_today()
      AND NOT EXISTS (SELECT FROM objection o WHERE o.case_id = case_file.id AND o.upheld IS NULL)
    ORDER BY notice_until, id LIMIT 500
""")


async def remind(session: AsyncSession, division: str, until: date) -> None:
    """Wake up on the first day after a notice."""
    due_at = datetime.combine(until, time(), clock.SHANGHAI)
    await jobs.enqueue(session, "case_notice_end", {}, division=division, due_at=due_at)


async def end_notices(session: AsyncSession, job: Job) -> Progress:
    """Move on the cases whose notice has run out and against which nothing is open."""
    ids = (await session.execute(_OVER)).scalars()
    moved = [file for file in (await files.lock(session, ids)).values() if file.verb]
    await files.save(session, moved)
    done = job.done + len(moved)
    return Progress(done=done, total=done, finished=not moved, result={"cases": done})

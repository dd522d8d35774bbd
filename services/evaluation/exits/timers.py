"""The end of a public notice, as a timer on business time: it marks the cases that an office may now decide."""

from datetime import date, datetime, time

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared import jobs
from shared.jobs import Job, Progress
from shared.time import clock

_END = text("""
    UPDATE exit_case SET notice_ended = true
    WHERE status = 'published' AND NOT notice_ended AND notice_until <= business_today()
""")


async def remind(session: AsyncSession, division: str, until: date) -> None:
    """Wake up on the day after a notice."""
    due_at = datetime.combine(until, time(), clock.SHANGHAI)
    await jobs.enqueue(session, "notice_end", {}, division=division, due_at=due_at)


async def end_notices(session: AsyncSession, job: Job) -> Progress:
    """Mark the cases whose notice has run out."""
    ended = await session.execute(_END)
    count = int(getattr(ended, "rowcount", 0))
    return Progress(done=count, total=count, finished=True, result={"cases": count})

"""The steps of an audit: village after village, some thousand households at a time, county by county."""

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.checks import queries, stretches
from services.registry.verification.checks.catalogue import rules
from services.registry.verification.checks.stretches import Task
from shared.database.session import keys_of
from shared.jobs import Job, Progress

STRETCH = 20_000
_RUN = text("SELECT id, division, data_year, as_of, rules, households FROM audit_run WHERE id = :id")
_TOTAL = text("SELECT count(*) FROM household WHERE division >= :low AND division < :high AND status <> 'removed'")


async def step(session: AsyncSession, job: Job) -> Progress:
    """One stretch; the job's state is the village that was looked at last."""
    run = (await session.execute(_RUN, {"id": job.args["run_id"]})).one()
    whole = {"low": run.division, "high": run.division + ":"}
    total = job.total if job.total is not None else (await session.execute(_TOTAL, whole)).scalar_one()
    task = await _stretch(session, run, job.state.get("after", ""))
    if task is None:
        return Progress({}, done=run.households, total=total, finished=True, result={"audit_run": str(run.id)})
    using = await stretches.county_thresholds(session, task, day_of(run.data_year, run.as_of))
    await stretches.search(session, keys_of(session), task, using, run.id)
    done = (await session.execute(_RUN, {"id": run.id})).one().households
    return Progress({"after": task.high}, done=done, total=total)


def day_of(data_year: int, as_of: date) -> date:
    """The day whose thresholds hold: that of the audit, or the last of its data year."""
    return min(as_of, date(data_year, 12, 31))


async def _stretch(session: AsyncSession, run: Any, after: str) -> Task | None:
    """The next villages, as long as they are few households; None after the last."""
    whole = {"low": run.division, "high": run.division + ":", "after": after}
    first: str | None = (await session.execute(text(queries.NEXT_VILLAGE), whole)).scalar()
    if first is None:
        return None
    end = min(first[:6] + ":", run.division + ":")
    within = {"low": first, "high": end, "stretch": STRETCH}
    last: str | None = (await session.execute(text(queries.LAST_VILLAGE), within)).scalar()
    known = rules()
    return Task([known[id] for id in run.rules if id in known], run.as_of, first, last + ":" if last else end)

"""The worker's side of jobs: take one that is due, do one step, keep where it got to.

Jobs take turns: the next step is that of the job whose last one is longest ago, so that none waits for the end of
another. A step that takes long does not keep the others waiting either: further ones are done beside it.
"""

import asyncio
import json
from collections.abc import Mapping
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.errors import meaning
from shared.database.session import Database
from shared.jobs.kinds import Job, Progress, Step
from shared.problems import Problem, Unavailable
from shared.security.auth import Caller, system
from shared.security.crypto import KeyRing
from shared.telemetry import place_of
from shared.time.patience import Patience, wake

_log = structlog.get_logger()
_DUE = """
    FROM job WHERE status IN ('queued', 'running')
      AND due_at <= business_now() AND retry_at <= clock_timestamp()
"""
_NEXT = text(f"""
    SELECT id, caller {_DUE} ORDER BY stepped_at NULLS FIRST, due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
""")
_TAKE = text("""
    SELECT id, kind, division, args, state, done, total FROM job
    WHERE id = :id AND status IN ('queued', 'running') FOR UPDATE SKIP LOCKED
""")
_KEEP = text("""
    UPDATE job SET state = CAST(:state AS jsonb), done = :done, total = :total, status = :status, attempts = 0,
        stepped_at = clock_timestamp(),
        result = CAST(:result AS jsonb), finished_at = CASE WHEN :status = 'done' THEN business_now() END
    WHERE id = :id
""")
_FAIL = text("""
    UPDATE job SET attempts = attempts + 1, stepped_at = clock_timestamp(),
        status = CASE WHEN :fatal OR attempts + 1 >= :limit THEN 'failed' ELSE status END,
        problem = CAST(:problem AS jsonb),
        retry_at = clock_timestamp() + make_interval(secs => least(60, power(2, attempts)))
    WHERE id = :id
""")
_ATTEMPTS = 5
_LONG, _BESIDE = 1.0, 3  # seconds after which the next step is begun beside one, and how many are


async def run_jobs(
    database: Database, kinds: Mapping[str, Step], stop: asyncio.Event, keys: KeyRing, patience: Patience
) -> None:
    """Do steps until told to stop; those in hand are finished first. Raises what looking for a job raised."""
    beside: set[asyncio.Task[bool]] = set()
    try:
        while not stop.is_set():
            if len(beside) == _BESIDE:
                await asyncio.wait(beside, return_when=asyncio.FIRST_COMPLETED)
            beside = {step for step in beside if not (step.done() and _was_done(step))}
            if len(beside) < _BESIDE:
                step = asyncio.create_task(run_one_step(database, kinds, keys))
                await asyncio.wait((step,), timeout=_LONG)
                if not step.done():
                    beside.add(step)
                elif not _was_done(step):
                    await patience.wait(stop)
        if beside:
            await asyncio.wait(beside)
    finally:
        for step in beside:
            step.cancel()


def _was_done(step: "asyncio.Task[bool]") -> bool:
    """Whether a step that has ended found something to do; it may have published, or asked for more."""
    if found := step.result():
        wake()
    return found


async def run_one_step(database: Database, kinds: Mapping[str, Step], keys: KeyRing) -> bool:
    """One step of the job whose turn it is. False where nothing is due."""
    async with database.transaction(system(database.service)) as session:
        found = (await session.execute(_NEXT)).one_or_none()
    if found is None:
        return False
    caller = Caller.from_json(found.caller)
    try:
        info = {"confined": bool(caller.division), "purpose": "job", "keys": keys}
        async with database.transaction(caller, **info) as session:
            await _step(session, found.id, kinds)
    except Exception as error:  # noqa: BLE001 (whatever a step raises, the job keeps it)
        await _fail(database, found.id, error)
    return True


async def _step(session: AsyncSession, id: UUID, kinds: Mapping[str, Step]) -> None:
    row = (await session.execute(_TAKE, {"id": id})).one_or_none()
    if row is None:
        return
    job = Job(row.id, row.kind, row.division, row.args, row.state, row.done, row.total)
    progress: Progress = await kinds[job.kind](session, job)
    await session.execute(
        _KEEP,
        {
            "id": job.id,
            "state": json.dumps(progress.state, default=str),
            "done": progress.done,
            "total": progress.total,
            "status": "done" if progress.finished else "running",
            "result": json.dumps(progress.result, default=str) if progress.result is not None else None,
        },
    )


async def _fail(database: Database, id: UUID, error: Exception) -> None:
    problem = error if isinstance(error, Problem) else meaning(error) or Problem()
    _log.warning("job.step_failed", job=str(id), error=type(error).__name__, where=place_of(error))
    async with database.transaction(system(database.service)) as session:
        await session.execute(
            _FAIL,
            {
                "id": id,
                "limit": _ATTEMPTS,
                "problem": json.dumps(problem.document(), ensure_ascii=False, default=str),
                "fatal": isinstance(error, Problem) and not isinstance(error, Unavailable),
            },
        )

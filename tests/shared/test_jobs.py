"""Jobs and timers: steps that resume where they stopped, due on the county's day, given up with their reason."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.jobs import Job, Progress, enqueue
from shared.jobs.runner import run_jobs, run_one_step
from shared.names.ids import uuid7
from shared.problems import Conflict
from shared.security.auth import Caller
from shared.time.patience import Patience
from tests.support.api import Api
from tests.support.world import move_clock

CALLER = Caller("li", frozenset({"county_office"}), "220622")


class Impossible(Conflict):
    slug, zh, en = "impossible", "办不到", "It cannot be done"


async def count_to_three(session: AsyncSession, job: Job) -> Progress:
    done = job.done + 1
    return Progress({"at": done}, done=done, total=3, finished=done == 3, result={"counted": done})


async def refuse(session: AsyncSession, job: Job) -> Progress:
    raise Impossible(field="x")


async def break_down(session: AsyncSession, job: Job) -> Progress:
    raise RuntimeError("1 0 1 identity numbers may stand in here")


KINDS = {"count": count_to_three, "refuse": refuse, "break": break_down}


async def asked(api: Api, kind: str, **more: Any) -> UUID:
    async with api.worker.transaction(CALLER) as session:
        return await enqueue(session, kind, {}, division="220622", **more)


async def step(api: Api) -> bool:
    return await run_one_step(api.worker, KINDS, api.app.state.runtime.keys)


async def state(api: Api, job: UUID) -> dict[str, Any]:
    async with api.client("county_office") as client:
        return (await client.get(f"/jobs/{job}")).json()


async def test_a_job_goes_on_where_its_last_step_stopped_and_answers_its_result(registry: Api):
    job = await asked(registry, "count")
    seen = []
    while await step(registry):
        now = await state(registry, job)
        seen.append((now["status"], now["done"]))
    assert seen == [("running", 1), ("running", 2), ("done", 3)]
    assert (await state(registry, job))["result"] == {"counted": 3}


async def test_a_timer_waits_for_the_countys_day_and_not_for_the_machines(registry: Api):
    await move_clock(registry, "2016-03-01")
    job = await asked(registry, "count", due_at=datetime(2016, 3, 8, tzinfo=UTC))
    assert not await step(registry)
    await move_clock(registry, "2016-03-09")
    assert await step(registry)
    assert (await state(registry, job))["done"] == 1
    while await step(registry):
        continue


async def test_a_refusal_ends_a_job_with_its_reason(registry: Api):
    job = await asked(registry, "refuse")
    await step(registry)
    now = await state(registry, job)
    assert (now["status"], now["problem"]["type"]) == ("failed", "urn:tuopin:problem:impossible")


async def test_a_fault_is_tried_again_five_times_and_never_shows_its_message(registry: Api):
    job = await asked(registry, "break")
    for _ in range(5):
        assert (await state(registry, job))["status"] == "queued"
        await registry.worker.pool.execute("UPDATE job SET retry_at = now() WHERE id = $1", job)
        await step(registry)
    now = await state(registry, job)
    assert (now["status"], now["problem"]["type"]) == ("failed", "urn:tuopin:problem:internal")
    assert "identity numbers" not in str(now)


async def enqueued_in_vain(api: Api, job: UUID) -> None:
    async with api.worker.transaction(CALLER) as session:
        await enqueue(session, "count", {}, division="220622", id=job)
        await session.execute(text("SELECT 1 / 0"))


async def test_a_job_enqueued_in_a_transaction_that_fails_never_was(registry: Api):
    job = uuid7()
    with pytest.raises(DBAPIError):
        await enqueued_in_vain(registry, job)
    assert not await registry.worker.pool.fetchval("SELECT EXISTS (SELECT FROM job WHERE id = $1)", job)


async def test_jobs_take_turns_so_that_none_waits_for_the_end_of_another(registry: Api):
    one, two = await asked(registry, "count"), await asked(registry, "count")
    seen = []
    while await step(registry):
        seen.append(((await state(registry, one))["done"], (await state(registry, two))["done"]))
    assert seen == [(1, 0), (1, 1), (2, 1), (2, 2), (3, 2), (3, 3)]


async def test_a_step_that_takes_long_keeps_no_other_job_waiting_and_is_finished_before_the_end(registry: Api):
    stop, going_on = asyncio.Event(), asyncio.Event()

    async def slow(session: AsyncSession, job: Job) -> Progress:
        await going_on.wait()
        return Progress(finished=True, done=1)

    ids = [await asked(registry, "slow") for _ in range(2)]
    keys = registry.app.state.runtime.keys
    loop = asyncio.create_task(run_jobs(registry.worker, KINDS | {"slow": slow}, stop, keys, Patience(0.05, 0.1)))
    await asyncio.sleep(0.2)
    other = await asked(registry, "count")
    for _ in range(200):
        if (await state(registry, other))["status"] == "done":
            break
        await asyncio.sleep(0.1)
    assert (await state(registry, other))["status"] == "done"
    assert [(await state(registry, id))["status"] for id in ids] == ["queued", "queued"]
    stop.set()
    await asyncio.sleep(0.2)
    assert not loop.done()
    going_on.set()
    await asyncio.wait_for(loop, 20)
    assert [(await state(registry, id))["status"] for id in ids] == ["done", "done"]

"""A worker that is killed in the middle of an import: nothing is half loaded, and the next one goes on."""

import asyncio
from typing import Any

import pytest

from tests.registry.test_imports import home
from tests.registry.test_workbooks import book
from tests.support.api import Api, Client
from tests.support.imports import release_import, state_of, work
from tests.support.working import started
from tests.support.world import villages

HOMES = 1500


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)


async def registered(api: Api) -> tuple[int, int]:
    count = "SELECT (SELECT count(*) FROM household), (SELECT count(*) FROM person)"
    row = await api.worker.pool.fetchrow(count)
    return row[0], row[1]


async def ended(api: Api, client: Client, id: str) -> dict[str, Any]:
    """The import when its job is done; PostgreSQL may take a moment to notice that whoever held it was killed."""
    for _ in range(100):
        await work(api)
        state = await state_of(client, id)
        if state["status"] in ("done", "failed"):
            break
        await asyncio.sleep(0.1)
    return state


async def killed_while(api: Api, content: bytes) -> tuple[set[tuple[int, int]], dict[str, Any]]:
    """Send a file to be loaded wholly or not at all, kill workers ever later, let one end: what was seen."""
    seen, before = set(), await registered(api)

    async def kill_after(*tenths: int) -> None:
        for one in tenths:
            process = await started(api.settings)
            await asyncio.sleep(one / 10)
            if process.returncode is None:
                process.kill()
            await process.wait()
            now = await registered(api)
            seen.add((now[0] - before[0], now[1] - before[1]))

    async with api.client("county_office") as client:
        id = (await client.post("/imports", content=content)).json()["id"]
        await kill_after(9, 14)
        assert (await ended(api, client, id))["state"] == "waiting"
        await release_import(api, id, steps=0)
        await kill_after(9, 14, 19, 24)
        return seen, await ended(api, client, id)


async def test_a_killed_worker_leaves_nothing_half_loaded_and_the_next_goes_on(registry: Api):
    seen, state = await killed_while(registry, book(*[home(2) for _ in range(HOMES)]))
    assert seen <= {(0, 0), (HOMES, 2 * HOMES)}
    assert (0, 0) in seen
    assert (state["status"], state["created"], state["persons"], state["errors"]) == ("done", HOMES, 2 * HOMES, [])
    assert state["marked"]

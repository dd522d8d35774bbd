"""A file is imported as two people do: one sends it, another releases what is new in it."""

from typing import Any

from shared.jobs.runner import run_one_step
from tests.support.api import Api, Client

GROUND = "核对无误"


async def work(api: Api, steps: int = 1_000) -> None:
    """Let the worker do some steps, or what is due."""
    for _ in range(steps):
        if not await run_one_step(api.worker, api.service.jobs, api.app.state.runtime.keys):
            break


async def state_of(client: Client, id: str) -> dict[str, Any]:
    """How an import stands, with what is wrong in it."""
    state: dict[str, Any] = (await client.get(f"/imports/{id}")).json()
    return state | {"errors": (await client.get(f"/imports/{id}/errors")).json()["items"]}


async def send_import(api: Api, client: Client, content: bytes, query: str = "") -> dict[str, Any]:
    """Send a file and have it checked: what is new in it waits then."""
    started = await client.post(f"/imports?{query}", content=content)
    assert started.status_code == 202, started.text
    await work(api)
    return await state_of(client, started.json()["id"])


async def release_import(api: Api, id: str, steps: int = 1_000) -> None:
    """Another person releases what waits, and the worker loads it."""
    async with api.client("county_leader", subject="releasing") as client:
        answer = await client.post(f"/imports/{id}/decision", json={"decision": "released", "ground": GROUND})
    assert answer.status_code == 202, answer.text
    await work(api, steps)


async def load_import(
    api: Api, client: Client, content: bytes, query: str = "", steps: int = 1_000
) -> dict[str, Any]:
    """Send a file, and have released and loaded what is new in it, as far as some steps go."""
    state = await send_import(api, client, content, query)
    if state["state"] != "waiting":
        return state
    await release_import(api, state["id"], steps)
    return await state_of(client, state["id"])

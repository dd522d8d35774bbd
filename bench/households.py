"""Over HTTP: a household read, also by many, asked for, asked for and released; persons looked up by number."""

import asyncio
import json
import os
import time
from itertools import count, islice
from typing import Any

import asyncpg
import httpx

from bench.bare import INSERTS, TABLES
from bench.measure import ROUNDS, Measured, Result, against, at_least, at_most
from bench.stage import CLERK, LEADER, Stage, bodies, homes, load, process, slowest
from demo.generator import render
from services.registry.register.households import register
from services.registry.register.households.records import Entry
from services.registry.register.households.schemas import HouseholdIn
from shared.names.ids import uuid7
from shared.security.auth import issue

HOUSEHOLDS = 20_000
_CLIENTS = 200
_BASE = "/api/registry/v1"


async def run(stage: Stage) -> list[Result]:
    """Over 20,000 households of 1 to 4 members in one village."""
    ids, numbers = await _fill(stage)
    async with process(stage, "bench.subject", 8701) as subject, process(stage, "bench.bare", 8702) as bare:
        url = f"{_BASE}/households/{ids[1234]}"
        token = stage.token
        await load(subject + url, seconds=1, header=token)
        await load(bare + f"/households/{ids[1234]}", seconds=1)
        read = await against(
            "read_household",
            "requests/s",
            lambda: load(subject + url, header=token),
            lambda: load(bare + f"/households/{ids[1234]}"),
            0.6,
        )
        late = sorted([await slowest(subject + url, connections=_CLIENTS, header=token) for _ in range(ROUNDS)])[
            ROUNDS // 2
        ]
        created = await _create(stage, subject, token)
        entered = await _enter(stage, subject)
        found = [await _lookup(stage, subject, token, numbers, size) for size in _LOOKUPS]
    p99 = at_most("read_household_p99", late, f"ms at {_CLIENTS} clients", 250)
    return [read, p99, created, entered, *found]


async def _fill(stage: Stage) -> tuple[list[str], list[str]]:
    made = homes(HOUSEHOLDS, seed=3)
    rows = [
        register.row(
            HouseholdIn.model_validate(render.household(home)),
            stage.keys,
            Entry(source="bench", through="first_load"),
        )
        for home in made
    ]
    async with stage.registry.pool.acquire() as connection:
        for start in range(0, len(rows), 1000):
            async with connection.transaction():
                await connection.execute("SELECT app_open('', $1)", stage.registry.moment)
                await register.write(connection, rows[start : start + 1000], CLERK.subject)
    await stage.bare.execute("DELETE FROM outbox")
    await stage.bare.execute("ANALYZE")
    return [str(home.id) for home in made], [person.identity for home in made for person in home.members]


_SCRIPT = """
local lines, at = {}, 0
for line in io.lines("%s") do lines[#lines + 1] = line end
request = function()
    at = at + 1
    local headers = {["Content-Type"] = "application/json", ["Authorization"] = "Bearer %s",
                     ["Idempotency-Key"] = "%s-" .. at}
    return wrk.format("POST", nil, headers, lines[(at - 1) %% #lines + 1])
end
"""


async def _create(stage: Stage, subject: str, token: str) -> Result:
    """Households asked for a second: each waits for its release."""
    post = _asking(stage, subject, token, bodies(60_000, 4))
    for table, copy in TABLES.items():
        await stage.bare.execute(
            f"CREATE TABLE {copy} (LIKE {table} INCLUDING INDEXES INCLUDING IDENTITY INCLUDING DEFAULTS)"
        )
    await post()
    return await against("create_household", "requests/s", post, lambda: _insert(stage.bare), 0.75)


async def _enter(stage: Stage, subject: str) -> Result:
    """Households a second from asking for them until they are registered: the two take turns, a second person
    releases a hundred with one call.
    """
    made = homes(30_000, 4, seed=5)
    post = _asking(
        stage, subject, stage.token, [json.dumps(render.household(one), ensure_ascii=False) for one in made]
    )
    await _release(stage, subject)  # what the benchmark before left waiting

    async def enter() -> float:
        asked = await post()
        return 1 / (1 / asked + 1 / await _release(stage, subject))

    return await against("register_household", "households/s", enter, lambda: _insert(stage.bare), 0.4)


async def _release(stage: Stage, subject: str) -> float:
    """Households a second that are released, over 8 connections, until none waits."""
    waiting = [row["id"] for row in await stage.bare.fetch("SELECT id FROM change_request WHERE status = 'waiting'")]
    lots = iter([waiting[start : start + 100] for start in range(0, len(waiting), 100)])
    token = issue(stage.folder / "keys" / "issuer.json", LEADER)

    async def work(client: httpx.AsyncClient) -> None:
        for lot in lots:
            items = [{"id": str(id), "approve": True, "reason": "bench"} for id in lot]
            answer = await client.post(
                f"{_BASE}/changes/releases", json={"items": items}, headers={"Idempotency-Key": str(uuid7())}
            )
            answer.raise_for_status()
            assert all(item["status"] == "accepted" for item in answer.json()["items"]), answer.text[:500]

    began = time.perf_counter()
    async with httpx.AsyncClient(
        base_url=subject, headers={"Authorization": f"Bearer {token}"}, timeout=60
    ) as client:
        await asyncio.gather(*(work(client) for _ in range(8)))
    return len(waiting) / (time.perf_counter() - began)


def _asking(stage: Stage, subject: str, token: str, lines: list[str]) -> Measured:
    """Three seconds of asking for households, none of them twice."""
    pending, batch, run = iter(lines), 5_000, count()

    async def post() -> float:
        number = next(run)
        file, script = stage.folder / f"bodies-{number}", stage.folder / f"post-{number}.lua"
        await asyncio.to_thread(file.write_text, "\n".join(islice(pending, batch)))
        await asyncio.to_thread(script.write_text, _SCRIPT % (file, token, uuid7()))
        return await load(subject + f"{_BASE}/households", seconds=3, script=str(script), header=token)

    return post


async def _insert(pool: "asyncpg.Pool[asyncpg.Record]", seconds: float = 3.0, workers: int = 16) -> float:
    """Bare asyncpg: the same rows by executemany, one commit each, at the same concurrency."""
    done, end = 0, time.perf_counter() + seconds

    async def work() -> None:
        nonlocal done
        while time.perf_counter() < end:
            async with pool.acquire() as connection, connection.transaction():
                await _one(connection)
            done += 1

    await asyncio.gather(*(work() for _ in range(workers)))
    return done / seconds


async def _one(connection: Any) -> None:
    home, people, village = uuid7(), [uuid7() for _ in range(4)], "220622100200"
    sealed = "v1.k1." + "x" * 70
    text, payload = str(home), json.dumps({"id": str(home), "members": [str(p) for p in people]}).encode() * 4
    await connection.execute(
        INSERTS["household"],
        home,
        village,
        text,
        4,
        "一般贫困户",
        "因病",
        sealed,
        "138****",
        sealed,
        "****",
        os.urandom(16),
    )
    await connection.executemany(
        INSERTS["person"],
        [(p, village, str(p), "王某", sealed, "2206**", os.urandom(16)) for p in people],
    )
    # What a name of two characters is found by, as in the subject's bodies.
    grams = [(gram, village, person) for person in people for gram in ("王", "某", "wangmou", "=wm")]
    await connection.executemany(INSERTS["gram"], grams)
    await connection.executemany(INSERTS["membership"], [(home, p, village) for p in people])
    await connection.execute(INSERTS["state"], home, village)
    await connection.execute(INSERTS["change"], uuid7(), home, village)
    await connection.execute(INSERTS["audit"], text, village)
    await connection.execute(INSERTS["idempotency"], text, os.urandom(32), payload[:80])
    await connection.execute(INSERTS["outbox"], uuid7(), text, payload)


_LOOKUPS = {1: 2_500, 100: 50_000, 1000: 50_000}


async def _lookup(stage: Stage, subject: str, token: str, numbers: list[str], size: int) -> Result:
    """Numbers found a second at some numbers a call, over 16 connections (the median of five rounds)."""
    lines = [
        json.dumps({"numbers": [numbers[(start + n * 7) % len(numbers)] for n in range(size)]})
        for start in range(0, 20_000, 7 * size if size < 1000 else 1000)
    ]
    file, rates = stage.folder / f"numbers-{size}", []
    await asyncio.to_thread(file.write_text, "\n".join(lines))
    for number in range(ROUNDS):
        script = stage.folder / f"lookup-{size}-{number}.lua"
        await asyncio.to_thread(script.write_text, _SCRIPT % (file, token, uuid7()))
        rates.append(size * await load(subject + f"{_BASE}/lookups", seconds=3, script=str(script), header=token))
    return at_least(f"lookup_{size}", sorted(rates)[ROUNDS // 2], "numbers/s", _LOOKUPS[size])

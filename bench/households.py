"""read_household and create_household over HTTP, lookup by identity number."""

import asyncio
import json
import os
import time
from itertools import count
from typing import Any

import asyncpg

from bench.bare import INSERTS, TABLES
from bench.measure import ROUNDS, Result, against, at_least
from bench.stage import CLERK, Stage, bodies, homes, load, process
from services.registry.register.households import register
from services.registry.register.households.records import Entry
from services.registry.register.households.schemas import HouseholdIn
from shared.names.ids import uuid7

HOUSEHOLDS = 20_000
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
            0.5,
        )
        created = await _create(stage, subject, token)
        found = [await _lookup(stage, subject, token, numbers, size) for size in _LOOKUPS]
    return [read, created, *found]


async def _fill(stage: Stage) -> tuple[list[str], list[str]]:
    made = homes(HOUSEHOLDS, seed=3)
    from demo.generator.render import household as body

    rows = [
        register.row(HouseholdIn.model_validate(body(home)), stage.keys, Entry(source="bench", through="first_load"))
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
    pending = iter(bodies(60_000, 4))
    batch, run = 8_000, count()

    async def post() -> float:
        number = next(run)
        file, script = stage.folder / f"bodies-{number}", stage.folder / f"post-{number}.lua"
        await asyncio.to_thread(file.write_text, "\n".join(next(pending) for _ in range(batch)))
        await asyncio.to_thread(script.write_text, _SCRIPT % (file, token, uuid7()))
        return await load(subject + f"{_BASE}/households", seconds=3, script=str(script), header=token)

    for table, copy in TABLES.items():
        await stage.bare.execute(
            f"CREATE TABLE {copy} (LIKE {table} INCLUDING INDEXES INCLUDING IDENTITY INCLUDING DEFAULTS)"
        )
    await post()
    return await against("create_household", "requests/s", post, lambda: _insert(stage.bare), 0.6)


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


_LOOKUPS = {1: 1_500, 100: 20_000, 1000: 25_000}


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

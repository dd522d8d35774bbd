"""import_persons: a CSV file of 100,000 persons, checked, encrypted, with events, against COPY of finished rows."""

import time
from collections.abc import AsyncIterator

from bench.measure import Result, at_least, at_most
from bench.stage import CLERK, Stage, homes
from demo.generator import render
from services.registry.exchange.imports import service
from services.registry.exchange.imports.records import Options
from services.registry.exchange.layouts.records import Given
from services.registry.main import SERVICE
from shared.jobs.runner import run_one_step


async def run(stage: Stage) -> list[Result]:
    """Three files of different sizes into one register: the time a row should not grow."""
    rates = {
        persons: await _import(stage, persons, seed) for persons, seed in ((10_000, 11), (100_000, 12), (300_000, 13))
    }
    copied = await _copy(stage, 100_000)
    growth = rates[10_000] / rates[300_000]
    return [
        at_least("import_persons", rates[100_000], "persons/s", 10_000, copied),
        at_most("import_persons_growth", growth, "time a row at 300,000 over that at 10,000", 1.3),
    ]


async def _import(stage: Stage, persons: int, seed: int) -> float:
    content = _file(persons, seed)
    lines = content.count("\n") - 1
    async with stage.registry.transaction(CLERK, purpose="bench") as session:
        pieces = _pieces(content.encode())
        id = await service.start(session, stage.keys, pieces, Options("accept_good"), Given())
    began = time.perf_counter()
    while await run_one_step(stage.registry, SERVICE.jobs, stage.keys):
        continue
    seconds = time.perf_counter() - began
    row = await stage.bare.fetchrow("SELECT persons, rejected FROM import WHERE id = $1", id)
    assert (row["persons"], row["rejected"]) == (lines, 0), dict(row)
    await stage.bare.execute("DELETE FROM outbox")
    return lines / seconds


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 1 << 16):
        yield content[start : start + (1 << 16)]


def _file(persons: int, seed: int) -> str:
    """A register file of about so many persons."""
    return render.csv_file(homes(persons * 10 // 21, seed=seed))


async def _copy(stage: Stage, persons: int) -> float:
    """Finished person rows, and nothing else, by COPY into a table without row-level security."""
    await stage.bare.execute("CREATE TABLE IF NOT EXISTS copied (LIKE person INCLUDING INDEXES)")
    rows = await stage.bare.fetch("SELECT * FROM person LIMIT $1", persons)
    began = time.perf_counter()
    await stage.bare.copy_records_to_table("copied", records=[tuple(row) for row in rows])
    return len(rows) / (time.perf_counter() - began)

"""import_persons: a CSV file of 100,000 persons that was released: checked, encrypted, with events, against COPY.

import_check: the check before it, after which the file waits for its release.
"""

import time
from collections.abc import AsyncIterator
from uuid import UUID

from bench.measure import Result, at_least, at_most
from bench.stage import CLERK, LEADER, Stage, homes
from demo.generator import render
from services.registry.exchange.exports.schemas import Decision
from services.registry.exchange.imports import release, service
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
    (small, _), (loaded, checked), (large, _) = rates.values()
    growth = small / large
    return [
        at_least("import_persons", loaded, "persons/s", 10_000, copied),
        at_least("import_check", checked, "persons/s", 10_000),
        at_most("import_persons_growth", growth, "time a row at 300,000 over that at 10,000", 1.3),
    ]


async def _import(stage: Stage, persons: int, seed: int) -> tuple[float, float]:
    """Persons a second that were loaded after the release, and that were checked before it."""
    content = _file(persons, seed)
    lines = content.count("\n") - 1
    async with stage.registry.transaction(CLERK, purpose="bench") as session:
        id = await service.start(session, stage.keys, pieces(content.encode()), Options("accept_good"), Given())
    checked = await worked(stage)
    await released(stage, id)
    loaded = await worked(stage)
    row = await stage.bare.fetchrow("SELECT persons, rejected FROM import WHERE id = $1", id)
    assert (row["persons"], row["rejected"]) == (lines, 0), dict(row)
    await stage.bare.execute("DELETE FROM outbox")
    return lines / loaded, lines / checked


async def released(stage: Stage, id: UUID) -> None:
    """Another person releases what was checked."""
    async with stage.registry.transaction(LEADER, purpose="bench") as session:
        await release.decide(session, id, Decision(decision="released", ground="bench"))


async def worked(stage: Stage) -> float:
    """The seconds until the worker has nothing to do."""
    began = time.perf_counter()
    while await run_one_step(stage.registry, SERVICE.jobs, stage.keys):
        continue
    return time.perf_counter() - began


async def pieces(content: bytes) -> AsyncIterator[bytes]:
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

"""reconcile: a list of the national system of 16,000 persons beside the register, every difference found and kept.

Of the list every tenth household is another: an income that differs, or the whole household missing. The same
with four times as many persons, where the time a person should stay what it was.
"""

import csv
import io
from itertools import groupby
from uuid import UUID

from bench.imports import pieces, released, worked
from bench.measure import Result, at_most
from bench.stage import CLERK, VILLAGE, Stage, homes
from demo.generator import render
from services.registry.exchange.imports import service as imports
from services.registry.exchange.imports.records import Options
from services.registry.exchange.layouts.records import Given
from services.registry.exchange.reconciliations import service
from services.registry.exchange.reconciliations.records import Reconciliation
from shared.names.ids import uuid7
from shared.time import clock

_TENTH = 10


async def run(stage: Stage) -> list[Result]:
    """The seconds of the first, and by how much the time a person grows."""
    files = [render.csv_file(homes(16_000 * 10 // 21, seed=21)), render.csv_file(homes(48_000 * 10 // 21, seed=22))]
    await _load(stage, files[0])
    small, few = await _reconcile(stage, files[:1])
    await _load(stage, files[1])
    large, many = await _reconcile(stage, files)
    return [
        at_most("reconcile", small * 16_000 / few, "s for 16,000 persons", 5),
        at_most(
            "reconcile_growth", (large / many) / (small / few), "time a person at 64,000 over that at 16,000", 1.3
        ),
    ]


async def _load(stage: Stage, content: str) -> None:
    async with stage.registry.transaction(CLERK, purpose="bench") as session:
        id = await imports.start(session, stage.keys, pieces(content.encode()), Options("accept_good"), Given())
    await worked(stage)
    await released(stage, id)
    await worked(stage)


async def _reconcile(stage: Stage, files: list[str]) -> tuple[float, int]:
    """Seconds, and persons that were compared."""
    content, persons, differing = _changed(files)
    id = uuid7()
    async with stage.registry.transaction(CLERK, purpose="bench") as session:
        asked = Reconciliation(id, VILLAGE, "all", Given(), await clock.today(session))
        await service.start(session, stage.keys, pieces(content.encode()), asked, asked.given)
    seconds = await worked(stage)
    assert await _found(stage, id) == differing
    return seconds, persons


async def _found(stage: Stage, id: UUID) -> int:
    found: int = await stage.bare.fetchval(
        "SELECT count(DISTINCT number) FROM reconciliation_difference WHERE reconciliation_id = $1", id
    )
    return found


def _changed(files: list[str]) -> tuple[str, int, int]:
    """The list, how many persons it has, and how many households of it are other than they were."""
    header, *rows = [row for n, one in enumerate(files) for row in list(csv.reader(io.StringIO(one)))[n > 0 :]]
    number, income = header.index("户编号"), header.index("人均纯收入")
    kept, differing = list[list[str]](), 0
    for at, (_, home) in enumerate(groupby(rows, lambda row: row[number])):
        lines = list(home)
        if at % _TENTH == 0:
            differing += 1
            lines = [[*row[:income], "12345", *row[income + 1 :]] for row in lines] if at % (2 * _TENTH) else []
        kept += lines
    out = io.StringIO()
    csv.writer(out).writerows([header, *kept])
    return out.getvalue(), len(kept), differing

"""data_checks: every rule in force over a county of 16,000 persons and over a province of 1,000,000."""

import time
from datetime import UTC, datetime
from typing import Any

from bench.measure import Result, at_most
from bench.province import COUNTY, Filled, fill
from bench.stage import Stage
from services.registry.main import SERVICE
from services.registry.verification.checks import service
from services.registry.verification.checks.schemas import CheckIn
from shared.jobs.runner import run_one_step
from shared.names.ids import uuid7
from shared.security.auth import Caller

PERSONS = 1_000_000
DATA_YEAR = 2016  # the year whose rules are the most


async def run(stage: Stage, persons: int = PERSONS) -> list[Result]:
    """Both in one database, so that the county is looked for among a million."""
    async with stage.bare.acquire() as connection:
        await fill(connection, 16_000, counties=[COUNTY])
        filled: Filled = await fill(connection, persons)
    county = await check(stage, COUNTY)
    province = await check(stage, "2207")
    assert province["persons"] == filled.persons
    growth = (province["seconds"] / province["persons"]) / (county["seconds"] / county["persons"])
    return [
        at_most("province_filled", filled.seconds, f"s for {filled.persons:,} persons", 180),
        at_most("data_checks_county", county["seconds"], _unit(county), 10),
        at_most("data_checks", province["seconds"], _unit(province), 120),
        at_most("data_checks_growth", growth, "time a person in the province over that in the county", 1.3),
    ]


def _unit(done: dict[str, Any]) -> str:
    return f"s for {done['persons']:,} persons, {done['rules']} rules, {done['findings']:,} findings"


async def check(stage: Stage, division: str) -> dict[str, Any]:
    """One run as the office would start it, to its end; its size and how long it took."""
    caller, id = Caller("bench", frozenset({"county_office"}), division), uuid7()
    began = time.perf_counter()
    async with stage.registry.transaction(caller, purpose="bench", now=datetime.now(UTC)) as session:
        await service.start(session, CheckIn(id=id, division=division, data_year=DATA_YEAR))
    while await run_one_step(stage.registry, SERVICE.jobs, stage.keys):
        continue
    seconds = time.perf_counter() - began
    row = await stage.bare.fetchrow(
        "SELECT r.persons, r.findings, cardinality(r.rules) AS rules, j.status, j.problem"
        " FROM data_check r JOIN job j ON j.id = r.id WHERE r.id = $1",
        id,
    )
    assert row["status"] == "done", row["problem"]
    return dict(row) | {"seconds": seconds}

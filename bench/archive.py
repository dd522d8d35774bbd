"""archive: a county of 8,000 households, certificates issued and printed, registers and ledgers, index and hashes."""

import time
from datetime import UTC, datetime
from typing import Any

from bench.measure import Result, at_least
from bench.province import COUNTY, fill
from bench.stage import Stage
from services.registry.documents.archives import schemas, service
from services.registry.documents.certificates import service as issuing
from services.registry.documents.certificates.schemas import CertificateRoundIn
from services.registry.main import SERVICE
from shared.jobs.runner import run_one_step
from shared.security.auth import Caller

HOUSEHOLDS = 8_000
CALLER = Caller("bench", frozenset({"county_office"}), COUNTY)


async def run(stage: Stage, households: int = HOUSEHOLDS) -> list[Result]:
    """Issue for the whole county in one request, then build its archive with every certificate as a page."""
    async with stage.bare.acquire() as connection:
        await fill(connection, households * 3, counties=[COUNTY])
    began = time.perf_counter()
    async with stage.registry.transaction(CALLER, purpose="bench", confined=True, now=datetime.now(UTC)) as session:
        issued = await issuing.for_division(session, CertificateRoundIn(division=COUNTY, reason="发证"))
    issuing_took = time.perf_counter() - began
    pages, building_took = await _archive(stage)
    assert pages == issued.issued, (pages, issued)
    return [
        at_least("certificates_issued", issued.issued / issuing_took, "certificates/s", 500),
        at_least("archive", pages / building_took, f"certificates/s with registers, {pages:,} in all", 50),
    ]


async def _archive(stage: Stage) -> tuple[int, float]:
    began = time.perf_counter()
    async with stage.registry.transaction(CALLER, purpose="bench", confined=True, now=datetime.now(UTC)) as session:
        id = await service.ask_for(session, schemas.ArchiveIn(division=COUNTY))
    while await run_one_step(stage.registry, SERVICE.jobs, stage.keys):
        continue
    seconds = time.perf_counter() - began
    row: Any = await stage.bare.fetchrow(
        "SELECT j.status, j.problem, sum(e.pages) FILTER (WHERE e.kind = 'certificates') AS pages"
        " FROM job j JOIN archive_entry e ON e.archive_id = j.id WHERE j.id = $1 GROUP BY j.id",
        id,
    )
    assert row["status"] == "done", row["problem"]
    return row["pages"], seconds

"""SQL of the household's ledger."""

import json
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.household_ledger.records import Line
from services.registry.assistance.household_ledger.schemas import HouseholdLedger, LedgerLine, Work
from shared.database.session import raw

_HOUSEHOLD = text("""
    SELECT id, division, number, status, size, identified_on, main_cause, other_causes FROM household WHERE id = :id
""")
# What was done for the household and for those that it came out of (split) or took in (merged): lineage leads there.
_LINES = text("""
    SELECT l.id, l.household_id, l.service, l.kind, l.on_day, l.zh, l.en, l.amount, l.reference
    FROM household_ledger l
    WHERE l.household_id = :id OR l.household_id IN (
        SELECT (origin.value #>> '{}')::uuid FROM change c, jsonb_array_elements(c.lineage -> 'from') AS origin
        WHERE c.household_id = :id AND c.lineage IS NOT NULL)
    ORDER BY l.on_day, l.id
""")
_WORK = text("""
    SELECT e.batch, e.what, e.owner, m.title, m.due_on, m.done_on
    FROM plan_now p JOIN milestone m ON m.plan_id = p.id JOIN measure e ON e.id = m.measure_id
    WHERE p.household_id = :id ORDER BY m.due_on, m.id
""")
_KEEP = """
    WITH given AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS t(id uuid, household_id uuid, service text,
        kind text, on_day date, zh text, en text, amount bigint, reference jsonb)),
    kept AS (
        INSERT INTO household_ledger (id, household_id, division, service, kind, on_day, zh, en, amount, reference)
        SELECT g.id, g.household_id, h.division, g.service, g.kind, g.on_day, g.zh, g.en, g.amount, g.reference
        FROM given g JOIN household h ON h.id = g.household_id ON CONFLICT (id) DO NOTHING
    )
    SELECT g.household_id FROM given g LEFT JOIN household h ON h.id = g.household_id WHERE h.id IS NULL LIMIT 1
"""


async def read(session: AsyncSession, household_id: UUID) -> tuple[str, HouseholdLedger] | None:
    """Where a household lies, and its ledger; None where there is none in sight."""
    home = (await session.execute(_HOUSEHOLD, {"id": household_id})).one_or_none()
    if home is None:
        return None
    lines = [LedgerLine.model_validate(row) for row in await session.execute(_LINES, {"id": household_id})]
    ledger = HouseholdLedger(
        id=home.id,
        number=home.number,
        status=home.status,
        size=home.size,
        identified_on=home.identified_on,
        main_cause=home.main_cause,
        other_causes=home.other_causes,
        received=sum(line.amount or 0 for line in lines if line.kind != "loan"),
        lent=sum(line.amount or 0 for line in lines if line.kind == "loan"),
        lines=lines,
        measures=[Work.model_validate(row) for row in await session.execute(_WORK, {"id": household_id})],
    )
    return home.division, ledger


async def keep(session: AsyncSession, lines: Sequence[Line]) -> UUID | None:
    """Write lines, each once; answers a household that is not known yet, where there is one."""
    if not lines:
        return None
    unknown: UUID | None = await (await raw(session)).fetchval(_KEEP, json.dumps([line.to_json() for line in lines]))
    return unknown

"""SQL of labels: a list of them in one statement each."""

import json
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.desk.labels.records import Beginning, Carried, Done, Ending
from services.registry.desk.labels.schemas import LabelRow
from services.registry.register.households.names import household_names
from shared.database.session import caller_of
from shared.households.schemas import told
from shared.http import paging

_BY_HOUSEHOLD: paging.Order = {"division": "", "household_id": paging.NIL}
_BY_LABEL: paging.Order = {**_BY_HOUSEHOLD, "id": paging.NIL}
_OF_HOUSEHOLD = text("""
    SELECT l.*, h.number FROM household_label l JOIN household h ON h.id = l.household_id
    WHERE l.household_id = :of_household AND (CAST(:label AS text) IS NULL OR l.label = :label)
      AND l.division >= :low AND l.division < :high
      AND (l.division, l.household_id, l.id) > (:division, CAST(:household_id AS uuid), CAST(:id AS uuid))
    ORDER BY l.division, l.household_id, l.id LIMIT :limit
""")
_LIST = text("""
    SELECT l.*, h.number FROM household_label l JOIN household h ON h.id = l.household_id
    WHERE l.division >= :low AND l.division < :high
      AND (l.division, l.household_id, l.id) > (:division, CAST(:household_id AS uuid), CAST(:id AS uuid))
    ORDER BY l.division, l.household_id, l.id LIMIT :limit
""")
_CARRIERS = text("""
    SELECT l.*, h.number FROM household_label l JOIN household h ON h.id = l.household_id
    WHERE l.label = :label AND l.ends_on IS NULL AND l.division >= :low AND l.division < :high
      AND (l.division, l.household_id) > (:division, CAST(:household_id AS uuid))
    ORDER BY l.division, l.household_id LIMIT :limit
""")
_HOUSEHOLDS = text("SELECT id, division FROM household WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR UPDATE")
_DONE = text("""
    SELECT id, household_id, label, begins_on, 'set' AS action FROM household_label
        WHERE id = ANY(CAST(:ids AS uuid[]))
    UNION ALL SELECT end_id, household_id, label, ends_on, 'end' FROM household_label
        WHERE end_id = ANY(CAST(:ids AS uuid[]))
""")
_CARRIED = text("""
    SELECT id, household_id, label, begins_on FROM household_label
    WHERE household_id = ANY(CAST(:ids AS uuid[])) AND ends_on IS NULL
""")
_BEGIN = text("""
    INSERT INTO household_label (id, household_id, division, label, begins_on, ground, recorded_by)
    SELECT id, household_id, division, label, begins_on, ground, :actor
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(id uuid, household_id uuid, division text, label text,
        begins_on date, ground text)
""")
_END = text("""
    UPDATE household_label l SET ends_on = row.ends_on, end_id = row.end_id, end_ground = row.ground,
        ended_at = business_now(), ended_by = :actor
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(id uuid, end_id uuid, ends_on date, ground text)
    WHERE l.id = row.id
""")


async def page(
    session: AsyncSession,
    *,
    division: str | None,
    label: str | None,
    household_id: UUID | None,
    limit: int,
    cursor: str | None,
) -> paging.Page[LabelRow]:
    """All that ever were, those of one household, or who carries a label now."""
    if household_id:
        statement, by = _OF_HOUSEHOLD, _BY_LABEL
    else:
        statement, by = (_CARRIERS, _BY_HOUSEHOLD) if label else (_LIST, _BY_LABEL)
    page = await paging.of_division(
        session,
        statement,
        LabelRow,
        division=division,
        limit=limit,
        cursor=cursor,
        by=by,
        label=label,
        of_household=household_id,
    )
    return await told(session, page, lambda row: row.household_id, household_names)


async def lock_households(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, str]:
    """Where households lie, locked."""
    return {row.id: row.division for row in await session.execute(_HOUSEHOLDS, {"ids": list(ids)})}


async def done(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Done]:
    return {row.id: Done(*row) for row in await session.execute(_DONE, {"ids": list(ids)})}


async def carried(session: AsyncSession, households: Collection[UUID]) -> list[Carried]:
    return [Carried(*row) for row in await session.execute(_CARRIED, {"ids": list(households)})]


async def write(session: AsyncSession, beginnings: Sequence[Beginning], endings: Sequence[Ending]) -> None:
    actor = {"actor": caller_of(session).subject}
    if endings:
        await session.execute(_END, {"rows": json.dumps([one.to_json() for one in endings])} | actor)
    if beginnings:
        await session.execute(_BEGIN, {"rows": json.dumps([one.to_json() for one in beginnings])} | actor)

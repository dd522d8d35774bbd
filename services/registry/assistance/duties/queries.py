"""SQL of the responsibility list."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.duties.records import Duty
from services.registry.assistance.duties.schemas import CompletionIn
from shared.database.session import caller_of
from shared.http.paging import NIL, Order

_COLUMNS = """id, division, class, kind, list_version, content, organisation_id, organisation, staff_id, name, due_on,
    done_on, outcome, evidence, version"""
_STATE = """CASE WHEN done_on > due_on THEN 'done_late' WHEN done_on IS NOT NULL THEN 'done'
    WHEN due_on < business_today() THEN 'overdue' ELSE 'open' END"""
LIST = text(f"""
    SELECT * FROM (SELECT *, class AS class_, {_STATE} AS state FROM duty
        WHERE division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))) AS item
    WHERE (CAST(:state AS text) IS NULL OR state = :state)
      AND (CAST(:organisation_id AS uuid) IS NULL OR organisation_id = :organisation_id)
    ORDER BY division, id LIMIT :limit
""")
OFFICES_BY: Order = {"organisation_id": NIL}
OFFICES = text("""
    SELECT organisation_id, min(organisation) AS organisation, count(*)::integer AS overdue, min(due_on) AS oldest
    FROM duty
    WHERE division >= :low AND division < :high AND done_on IS NULL AND due_on < business_today()
      AND organisation_id > CAST(:organisation_id AS uuid)
    GROUP BY organisation_id ORDER BY organisation_id LIMIT :limit
""")
_GET = text(f"SELECT {_COLUMNS} FROM duty WHERE id = ANY(:ids)")
_LOCK = text(f"SELECT {_COLUMNS} FROM duty WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_RECORD = text("""
    INSERT INTO duty (id, division, class, kind, list_version, content, organisation_id, organisation, staff_id, name,
        due_on, recorded_by)
    VALUES (:id, :division, :class_, :kind, :list_version, :content, :organisation_id, :organisation, :staff_id,
        :name, :due_on, :actor)
""")
_COMPLETE = text("""
    UPDATE duty SET done_on = :done_on, outcome = :outcome, evidence = :evidence, version = version + 1 WHERE id = :id
""")
_CHANGE = text("""
    UPDATE duty SET due_on = :due_on, staff_id = :staff_id, name = :name, version = :version WHERE id = :id
""")


async def get(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Duty]:
    """Items within the caller's division."""
    return {row.id: Duty(*row) for row in await session.execute(_GET, {"ids": list(ids)})}


async def lock(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Duty]:
    """The same, locked."""
    return {row.id: Duty(*row) for row in await session.execute(_LOCK, {"ids": list(ids)})}


async def record(session: AsyncSession, fresh: Sequence[Duty]) -> None:
    if fresh:
        actor = {"actor": caller_of(session).subject}
        await session.execute(_RECORD, [asdict(one) | actor for one in fresh])


async def complete(session: AsyncSession, done: Sequence[CompletionIn]) -> None:
    if done:
        await session.execute(_COMPLETE, [one.model_dump() for one in done])


async def change(session: AsyncSession, duty: Duty) -> None:
    await session.execute(_CHANGE, asdict(duty))

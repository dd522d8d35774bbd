"""Lists of doubts: by division, and as the work list of a desk with what is overdue first."""

from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.doubts.schemas import DoubtDetail, DoubtRow, StepOut
from services.registry.verification.doubts.store import NoSuchDoubt
from shared.database.session import caller_of
from shared.http import paging
from shared.names.divisions import level
from shared.problems import Invalid
from shared.security import audit
from shared.time import clock

Desk = Literal["county", "town", "village"]
_LIST = text("""
    SELECT doubt.*, coalesce(due_on < business_today(), false) AS overdue FROM doubt
    WHERE division >= :low AND division < :high
      AND (CAST(:status AS text) IS NULL OR status = :status) AND (CAST(:rule AS text) IS NULL OR rule = :rule)
      AND (CAST(:household AS uuid) IS NULL OR household_id = :household)
      AND (division, id) > (:division, CAST(:id AS uuid))
    ORDER BY division, id LIMIT :limit
""")
_WORK = text("""
    SELECT doubt.*, coalesce(due_on < business_today(), false) AS overdue FROM doubt
    WHERE county = :county AND desk = :desk AND due_on < :before AND division >= :low AND division < :high
      AND (due_on, id) > (CAST(CAST(:due_on AS text) AS date), CAST(:id AS uuid))
    ORDER BY due_on, id LIMIT :limit
""")
_GET = text("""
    SELECT doubt.*, coalesce(due_on < business_today(), false) AS overdue FROM doubt WHERE id = :id
""")
_STEPS = text("""
    SELECT step, round, status, done_on, content, recorded_at, recorded_by FROM doubt_step
    WHERE doubt_id = :id ORDER BY version
""")


class CountyNeeded(Invalid):
    slug, zh, en = "county-needed", "请指定到县", "Name one county, or a part of it"


async def page(
    session: AsyncSession,
    division: str | None,
    *,
    status: str | None,
    rule: str | None,
    household: UUID | None,
    limit: int,
    cursor: str | None,
) -> paging.Page[DoubtRow]:
    """Doubts, open and closed, by division."""
    prefix = division or caller_of(session).division
    after = paging.decode(cursor, 2) or paging.FIRST
    bound = {"division": str(after[0]), "id": str(after[1]), "status": status, "rule": rule, "household": household}
    found = await session.execute(_LIST, bound | {"low": prefix, "high": prefix + ":", "limit": limit + 1})
    return paging.by_division([DoubtRow.model_validate(row) for row in found], limit)


async def work(
    session: AsyncSession, division: str | None, desk: Desk | None, *, overdue: bool, limit: int, cursor: str | None
) -> paging.Page[DoubtRow]:
    """What lies on a desk (by default that of the caller's level), the longest overdue first. Raises CountyNeeded."""
    prefix = division or caller_of(session).division
    if level(prefix) in ("province", "city"):
        raise CountyNeeded(field="division", rule="six digits or more")
    after = paging.decode(cursor, 2) or ["0001-01-01", paging.FIRST[1]]
    bound = {
        "county": prefix[:6],
        "desk": desk or level(prefix),
        "before": await clock.today(session) if overdue else date.max,
        "low": prefix,
        "high": prefix + ":",
        "due_on": str(after[0]),
        "id": str(after[1]),
    }
    rows = [DoubtRow.model_validate(row) for row in await session.execute(_WORK, bound | {"limit": limit + 1})]
    last = rows[limit - 1] if len(rows) > limit else None
    return paging.page(rows, limit, [last.due_on, str(last.id)] if last else None)


async def detail(session: AsyncSession, id: UUID) -> DoubtDetail:
    """One doubt with evidence and story; that somebody saw it is noted. Raises NoSuchDoubt."""
    row = (await session.execute(_GET, {"id": id})).mappings().one_or_none()
    if row is None:
        raise NoSuchDoubt(field="doubt_id")
    audit.read(session, "doubt", id, row["division"])
    if row["household_id"]:
        audit.read(session, "household", row["household_id"], row["division"], reason=f"doubt {id}")
    steps = [StepOut.model_validate(step) for step in await session.execute(_STEPS, {"id": id})]
    return DoubtDetail.model_validate({**row, "steps": steps})

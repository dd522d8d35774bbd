"""Notices and objections as they are read."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.procedures.notices.columns import titles
from services.registry.procedures.notices.schemas import Notice, NoticeRow, Objection
from services.registry.procedures.notices.service import NoSuchNotice
from shared.database.session import caller_of
from shared.http import paging
from shared.security import audit

_LIST = text("""
    SELECT id, division, kind, title, starts_on, ends_on, place, version,
        CASE WHEN ends_on <= business_today() THEN 'ended' ELSE 'posted' END AS status FROM notice
    WHERE division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))
    ORDER BY division, id LIMIT :limit
""")
_ONE = text("""
    SELECT n.*, CASE WHEN ends_on <= business_today() THEN 'ended' ELSE 'posted' END AS status,
        (SELECT count(*) FROM objection o WHERE o.notice_id = n.id AND o.upheld IS NULL) AS open_objections
    FROM notice n WHERE n.id = :id
""")
_OBJECTIONS = text("""
    SELECT * FROM objection WHERE notice_id = :notice AND id > CAST(:id AS uuid) ORDER BY id LIMIT :limit
""")


async def one(session: AsyncSession, id: UUID) -> Notice:
    """A notice as it hangs. Raises NoSuchNotice (404)."""
    row = (await session.execute(_ONE, {"id": id})).one_or_none()
    if row is None:
        raise NoSuchNotice(field="notice_id")
    audit.read(session, "notice", id, row.division)
    return Notice.model_validate({**row._mapping, "titles": titles(row.columns)})  # noqa: SLF001 (its public name)


async def page(session: AsyncSession, division: str | None, limit: int, cursor: str | None) -> paging.Page[NoticeRow]:
    """Notices by division and id."""
    low = division or caller_of(session).division
    after, id = paging.decode(cursor, 2) or paging.FIRST
    bound = {"low": low, "high": low + ":", "division": after, "id": id, "limit": limit + 1}
    return paging.by_division([NoticeRow.model_validate(row) for row in await session.execute(_LIST, bound)], limit)


async def objections(
    session: AsyncSession, notice_id: UUID, limit: int, cursor: str | None
) -> paging.Page[Objection]:
    """What was said against a notice, and by whom where somebody gave a name. Raises NoSuchNotice (404)."""
    notice = await one(session, notice_id)
    (id,) = paging.decode(cursor, 1) or [paging.FIRST[1]]
    found: Any = await session.execute(_OBJECTIONS, {"notice": notice.id, "id": id, "limit": limit + 1})
    rows = [Objection.model_validate(row) for row in found]
    return paging.page(rows, limit, [str(rows[limit - 1].id)] if len(rows) > limit else None)

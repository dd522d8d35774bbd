"""Lists of households: keyset by division and id, confined by row-level security."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.households.schemas import HouseholdRow
from shared import paging

_LIST = text("""
    SELECT id, division, number, version, status, size, identified_on, attribute, main_cause FROM household
    WHERE division >= :low AND division < :high
      AND (CAST(:status AS text) IS NULL OR status = :status)
      AND (division, id) > (:after_division, CAST(:after_id AS uuid))
    ORDER BY division, id LIMIT :limit
""")
_FIRST = "00000000-0000-0000-0000-000000000000"


async def page(
    session: AsyncSession, division: str | None, status: str | None, limit: int, cursor: str | None
) -> paging.Page[HouseholdRow]:
    """A page of households as they are now."""
    prefix = division or session.info["caller"].division
    after_division, after_id = paging.decode(cursor, 2) or ("", _FIRST)
    found = await session.execute(
        _LIST,
        {
            "low": prefix,
            "high": prefix + ":",
            "status": status,
            "after_division": after_division,
            "after_id": after_id,
            "limit": limit + 1,
        },
    )
    rows = [HouseholdRow.model_validate(row) for row in found]
    last = rows[limit - 1] if len(rows) > limit else None
    return paging.page(rows, limit, [last.division, str(last.id)] if last else None)

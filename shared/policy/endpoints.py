"""The policies in force: what a county decides by, and since when."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import text

from shared.http import paging
from shared.http.edge import Session, UnitRoute

router = APIRouter(prefix="/policies", tags=["policies"], route_class=UnitRoute)
_LIST = text("""
    SELECT key, division, valid_from, version, value, zh, en, source, used_at FROM policy
    WHERE (CAST(:key AS text) IS NULL OR (key, division, version) > (:key, :division, :version))
      AND (CAST(:wanted AS text) IS NULL OR starts_with(key, :wanted))
    ORDER BY key, division, version LIMIT :limit
""")


class PolicyEntry(BaseModel):
    """One version of one policy; final once ``used_at`` is set."""

    model_config = ConfigDict(from_attributes=True)

    key: str
    division: str
    valid_from: date
    version: int
    value: Any
    zh: str
    en: str
    source: str
    used_at: datetime | None


@router.get("")
async def policies(
    session: Session,
    key: Annotated[str | None, Query(pattern="^[a-z0-9._]{1,100}$", description="how keys begin")] = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[PolicyEntry]:
    """Every policy of this service (or those whose key begins as asked), by key, division and version."""
    after, division, version = paging.decode(cursor, 3) or (None, None, None)
    place = {"key": after, "division": division, "version": version}
    rows = await session.execute(_LIST, place | {"wanted": key, "limit": limit + 1})
    found = [PolicyEntry.model_validate(row) for row in rows]
    last = found[limit - 1] if len(found) > limit else None
    return paging.page(found, limit, [last.key, last.division, last.version] if last else None)

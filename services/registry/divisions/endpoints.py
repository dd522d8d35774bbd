"""Administrative divisions 行政区划 with the days on which they exist."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.contracts import DIVISION, DivisionState
from shared import audit, paging
from shared.access import DivisionForbidden
from shared.db import caller_of
from shared.divisions import Division
from shared.edge import Session, UnitRoute
from shared.events import outbox
from shared.ids import uuid7
from shared.items import MAX_ITEMS

router = APIRouter(prefix="/divisions", tags=["divisions"], route_class=UnitRoute)


class DivisionIn(BaseModel):
    """A division from a day on. ``invented`` marks what is no real place (in a demonstration)."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    code: Division
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]
    valid_from: date
    valid_to: date | None = None
    invented: bool = False


class DivisionsIn(BaseModel):
    """Divisions to record."""

    model_config = ConfigDict(extra="forbid")

    items: Annotated[list[DivisionIn], Field(min_length=1, max_length=MAX_ITEMS)]


class DivisionAnswer(BaseModel):
    """What became of one division: a code and day that are recorded already are left as they are."""

    code: str
    status: Literal["accepted", "unchanged"]


class DivisionAnswers(BaseModel):
    items: list[DivisionAnswer]


_RECORD = text("""
    INSERT INTO division (code, name, valid_from, valid_to, invented, recorded_by)
    VALUES (:code, :name, :valid_from, :valid_to, :invented, :actor)
    ON CONFLICT DO NOTHING RETURNING code
""")
_LIST = text("""
    SELECT code, name, valid_from, valid_to, invented FROM division
    WHERE code >= :low AND code < :high AND (code, valid_from) > (:code, CAST(:day AS date))
      AND (CAST(:on AS date) IS NULL OR (valid_from <= :on AND (valid_to IS NULL OR valid_to > :on)))
    ORDER BY code, valid_from LIMIT :limit
""")


@router.post("")
async def record(session: Session, body: DivisionsIn) -> DivisionAnswers:
    """Record divisions within the caller's own."""
    for position, item in enumerate(body.items):
        if not caller_of(session).covers(item.code):
            raise DivisionForbidden(field=f"items[{position}].code")
    return DivisionAnswers(items=[await _record(session, item) for item in body.items])


async def _record(session: AsyncSession, item: DivisionIn) -> DivisionAnswer:
    values = item.model_dump() | {"actor": caller_of(session).subject}
    if (await session.execute(_RECORD, values)).scalar() is None:
        return DivisionAnswer(code=item.code, status="unchanged")
    state = DivisionState(code=item.code, name=item.name, valid_from=item.valid_from, valid_to=item.valid_to)
    outbox.publish(session, DIVISION, "recorded", state, key=item.code, sequence=1, subject=uuid7())
    audit.record(session, "division.recorded", "division", item.code, item.code, after={"name": item.name})
    return DivisionAnswer(code=item.code, status="accepted")


@router.get("")
async def divisions(
    session: Session,
    prefix: Division | None = None,
    on: Annotated[date | None, Query(description="only those that exist on this day")] = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[DivisionIn]:
    """Divisions by code; they are public."""
    low = prefix or ""
    code, day = paging.decode(cursor, 2) or ("", "0001-01-01")
    found = await session.execute(
        _LIST,
        {"low": low, "high": low + ":", "code": code, "day": date.fromisoformat(day), "on": on, "limit": limit + 1},
    )
    rows = [DivisionIn.model_validate(row) for row in found]
    last = rows[limit - 1] if len(rows) > limit else None
    return paging.page(rows, limit, [last.code, last.valid_from.isoformat()] if last else None)

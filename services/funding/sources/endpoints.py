"""Inflows over HTTP."""

from fastapi import APIRouter
from sqlalchemy import text

from services.funding.sources import service
from services.funding.sources.schemas import Confirmation, InflowIn, InflowRow
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf

router = APIRouter(prefix="/inflows", tags=["sources"], route_class=UnitRoute)
_LIST = text("""
    SELECT id, division, level, payer, document_no, year, purpose, amount, received_on, status, entered_by,
        confirmed_by
    FROM inflow WHERE (division, id) > (:division, CAST(:id AS uuid)) ORDER BY division, id LIMIT :limit
""")


@router.post("")
async def enter(session: Session, body: ListOf[InflowIn]) -> Answers:
    """Enter money that comes in, with its document."""
    return await service.enter(session, body.items)


@router.post("/confirmations")
async def confirm(session: Session, body: ListOf[Confirmation]) -> Answers:
    """Confirm that it arrived; somebody else than who entered it."""
    return await service.confirm(session, body.items)


@router.get("")
async def inflows(
    session: Session, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[InflowRow]:
    """Inflows by division and id."""
    division, id = paging.decode(cursor, 2) or paging.FIRST
    found = await session.execute(_LIST, {"division": division, "id": id, "limit": limit + 1})
    rows = [InflowRow.model_validate(row) for row in found]
    return paging.by_division(rows, limit)

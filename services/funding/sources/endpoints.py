"""Inflows over HTTP."""

from fastapi import APIRouter

from services.funding.sources import queries, service
from services.funding.sources.schemas import Confirmation, InflowIn, InflowRow
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf

router = APIRouter(prefix="/inflows", tags=["sources"], route_class=UnitRoute)


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
    return await paging.of_division(session, queries.LIST, InflowRow, division=None, limit=limit, cursor=cursor)

"""What is held, over HTTP."""

from fastapi import APIRouter

from services.funding.holds import queries, service
from services.funding.holds.schemas import DecisionIn, HoldRow
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf

router = APIRouter(prefix="/holds", tags=["holds"], route_class=UnitRoute)


@router.post("/decisions")
async def decide(session: Session, body: ListOf[DecisionIn]) -> Answers:
    """Release what is held, or refuse the reward or loan; somebody who had no part in it."""
    return await service.decide(session, body.items)


@router.get("")
async def holds(
    *, session: Session, waiting: bool = True, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[HoldRow]:
    """What waits for a decision, with the reasons; with ``waiting=false`` also what was decided."""
    return await paging.of_division(
        session, queries.LIST, HoldRow, division=None, limit=limit, cursor=cursor, waiting=waiting
    )

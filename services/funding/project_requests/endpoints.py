"""Projects that wait for their money 项目拨款, over HTTP."""

from fastapi import APIRouter

from services.funding.project_requests import queries, service
from services.funding.project_requests.schemas import PaymentIn, RequestRow
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf

router = APIRouter(prefix="/project-requests", tags=["projects"], route_class=UnitRoute)


@router.get("")
async def requests(
    session: Session, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[RequestRow]:
    """Approved projects and their money."""
    return await paging.of_division(session, queries.LIST, RequestRow, division=None, limit=limit, cursor=cursor)


@router.post("/payments")
async def pay_projects(session: Session, body: ListOf[PaymentIn]) -> Answers:
    """Pay projects from the industry account, the oldest lots first; each project once."""
    return await service.pay_projects(session, body.items)

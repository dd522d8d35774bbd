"""Loans over HTTP: each step takes a list and answers each item."""

from fastapi import APIRouter
from sqlalchemy import text

from services.funding.loans import service
from services.funding.loans.schemas import ApplicationIn, DecisionIn, LoanRow
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf

router = APIRouter(prefix="/loans", tags=["loans"], route_class=UnitRoute)
_LIST = text(
    "SELECT * FROM loan WHERE (division, id) > (:division, CAST(:id AS uuid)) ORDER BY division, id LIMIT :limit"
)


@router.post("/applications")
async def apply(session: Session, body: ListOf[ApplicationIn]) -> Answers:
    """Ask a bank for loans."""
    return await service.apply(session, body.items)


@router.post("/approvals")
async def approve(session: Session, body: ListOf[DecisionIn]) -> Answers:
    """Approve loans."""
    return await service.approve(session, body.items)


@router.post("/disbursements")
async def disburse(session: Session, body: ListOf[DecisionIn]) -> Answers:
    """Disburse loans from the bank's credit; fixes how much of each the risk fund covers."""
    return await service.disburse(session, body.items)


@router.get("")
async def loans(session: Session, limit: paging.Limit = 200, cursor: paging.Cursor = None) -> paging.Page[LoanRow]:
    """Loans by division and id."""
    division, id = paging.decode(cursor, 2) or paging.FIRST
    found = await session.execute(_LIST, {"division": division, "id": id, "limit": limit + 1})
    return paging.by_division([LoanRow.model_validate(row) for row in found], limit)

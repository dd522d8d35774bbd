"""Loans over HTTP: each step takes a list and answers each item."""

from fastapi import APIRouter

from services.funding.loans import queries, service
from services.funding.loans.schemas import ApplicationIn, DecisionIn, LoanRow
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf

router = APIRouter(prefix="/loans", tags=["loans"], route_class=UnitRoute)


@router.post("/applications")
async def apply(session: Session, body: ListOf[ApplicationIn]) -> Answers:
    """Ask a bank for loans."""
    return await service.apply(session, body.items)


@router.post("/approvals")
async def approve(session: Session, body: ListOf[DecisionIn]) -> Answers:
    """Approve loans."""
    return await service.approve(session, body.items)


@router.post("/disbursements")
async def disburse_loans(session: Session, body: ListOf[DecisionIn]) -> Answers:
    """Disburse loans from the bank's credit; fixes how much of each the risk fund covers."""
    return await service.disburse(session, body.items)


@router.get("")
async def loans(session: Session, limit: paging.Limit = 200, cursor: paging.Cursor = None) -> paging.Page[LoanRow]:
    """Loans by division and id."""
    return await paging.of_division(session, queries.LIST, LoanRow, division=None, limit=limit, cursor=cursor)

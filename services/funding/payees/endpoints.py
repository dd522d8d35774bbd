"""Payees over HTTP."""

from fastapi import APIRouter

from services.funding.payees import queries, service
from services.funding.payees.schemas import ConfirmationIn, EndIn, PayeeIn, PayeeRow
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf

router = APIRouter(prefix="/payees", tags=["payees"], route_class=UnitRoute)


@router.post("")
async def enter(session: Session, body: ListOf[PayeeIn]) -> Answers:
    """Enter organisations that are to be paid, each with its unified social credit code."""
    return await service.enter(session, body.items)


@router.post("/confirmations")
async def confirm(session: Session, body: ListOf[ConfirmationIn]) -> Answers:
    """Confirm that they exist, or refuse them; somebody else than who entered them."""
    return await service.confirm(session, body.items)


@router.post("/ends")
async def end(session: Session, body: ListOf[EndIn]) -> Answers:
    """Note from which day they no longer exist."""
    return await service.end(session, body.items)


@router.get("")
async def payees(session: Session, limit: paging.Limit = 200, cursor: paging.Cursor = None) -> paging.Page[PayeeRow]:
    """Payees by division and id."""
    return await paging.of_division(session, queries.LIST, PayeeRow, division=None, limit=limit, cursor=cursor)

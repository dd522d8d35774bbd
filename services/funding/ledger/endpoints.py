"""The ledger over HTTP: accounts, postings, lots, and the trace of every yuan."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.funding.ledger import queries, service
from services.funding.ledger.schemas import AccountRow, Held, LotRow, LotTrace, PostingRow
from shared.http import paging
from shared.http.edge import Session, UnitRoute

router = APIRouter(tags=["ledger"], route_class=UnitRoute)


@router.get("/accounts")
async def accounts(
    session: Session,
    kind: Annotated[str | None, Query(max_length=20)] = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[AccountRow]:
    """Accounts with their balances, by division and id."""
    return await paging.of_division(
        session, queries.ACCOUNTS, AccountRow, division=None, limit=limit, cursor=cursor, kind=kind
    )


@router.get("/accounts/{account_id}/postings")
async def postings(
    session: Session, account_id: UUID, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[PostingRow]:
    """What went in and out of an account, in order."""
    return await service.postings(session, account_id, limit, cursor)


@router.get("/lots")
async def lots(session: Session, limit: paging.Limit = 200, cursor: paging.Cursor = None) -> paging.Page[LotRow]:
    """Money as it came in."""
    return await paging.of_division(session, queries.LOTS, LotRow, division=None, limit=limit, cursor=cursor)


@router.get("/lots/{lot_id}/trace")
async def trace(session: Session, lot_id: UUID) -> LotTrace:
    """Where every yuan of a lot is: with whom, in which account."""
    return await service.trace(session, lot_id)


@router.get("/households/{household_id}/sources")
async def sources(session: Session, household_id: UUID) -> list[Held]:
    """Which lots the money came from that a household was paid or lent."""
    return await service.sources(session, household_id)

"""The ledger over HTTP: accounts, postings, lots, and the trace of every yuan."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.funding.ledger import queries
from services.funding.ledger.schemas import AccountRow, Held, LotRow, LotTrace, PostingRow
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.problems import NotFound

router = APIRouter(tags=["ledger"], route_class=UnitRoute)


class NoSuchLot(NotFound):
    slug, zh, en = "no-such-lot", "没有这个资金批次", "There is no such lot"


@router.get("/accounts")
async def accounts(
    session: Session,
    kind: Annotated[str | None, Query(max_length=20)] = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[AccountRow]:
    """Accounts with their balances, by division and id."""
    division, id = paging.decode(cursor, 2) or paging.FIRST
    bound = {"division": division, "id": id, "kind": kind, "limit": limit + 1}
    rows = [AccountRow.model_validate(row) for row in await session.execute(queries.ACCOUNTS, bound)]
    return paging.by_division(rows, limit)


@router.get("/accounts/{account_id}/postings")
async def postings(
    session: Session, account_id: UUID, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[PostingRow]:
    """What went in and out of an account, in order."""
    entry, position = paging.decode(cursor, 2) or (paging.FIRST[1], 0)
    bound = {"account": account_id, "entry": entry, "position": position, "limit": limit + 1}
    rows = [PostingRow.model_validate(row) for row in await session.execute(queries.POSTINGS, bound)]
    last = rows[limit - 1] if len(rows) > limit else None
    return paging.page(rows, limit, [str(last.entry_id), last.position] if last else None)


@router.get("/lots")
async def lots(session: Session, limit: paging.Limit = 200, cursor: paging.Cursor = None) -> paging.Page[LotRow]:
    """Money as it came in."""
    division, id = paging.decode(cursor, 2) or paging.FIRST
    found = await session.execute(queries.LOTS, {"division": division, "id": id, "limit": limit + 1})
    return paging.by_division([LotRow.model_validate(row) for row in found], limit)


@router.get("/lots/{lot_id}/trace")
async def trace(session: Session, lot_id: UUID) -> LotTrace:
    """Where every yuan of a lot is: with whom, in which account."""
    row = (await session.execute(queries.LOT, {"id": lot_id})).one_or_none()
    if row is None:
        raise NoSuchLot(field="lot_id")
    held = [Held.model_validate(one) for one in await session.execute(queries.HELD, {"lot": lot_id})]
    return LotTrace(lot=LotRow.model_validate(row), held=held)


@router.get("/households/{household_id}/sources")
async def sources(session: Session, household_id: UUID) -> list[Held]:
    """Which lots the money came from that a household was paid or lent."""
    found = await session.execute(queries.SOURCES, {"household": str(household_id)})
    return [Held.model_validate(row) for row in found]

"""Post to the ledger: entries of lines, each line moving fen of one lot from one account to another."""

import json
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.ledger import queries
from services.funding.ledger.records import Account, Entry, Outcome, Part
from services.funding.ledger.rules import NoSuchLot
from services.funding.ledger.schemas import Held, LotRow, LotTrace, PostingRow
from shared.database.session import caller_of, raw
from shared.households.queries import get, known
from shared.http import paging
from shared.security import audit


async def open_accounts(session: AsyncSession, accounts: Iterable[Account]) -> None:
    """Make the accounts that do not exist yet."""
    rows = [account.to_json() for account in set(accounts)]
    await (await raw(session)).execute(queries.OPEN, json.dumps(rows))


async def available(session: AsyncSession, account: Account) -> list[Part]:
    """What an account holds, lot by lot, the oldest first; locked until the transaction ends."""
    found = await session.execute(queries.AVAILABLE, {"account": account.id})
    return [Part(row.lot_id, row.amount) for row in found]


async def post(session: AsyncSession, entries: Sequence[Entry]) -> dict[UUID, Outcome]:
    """Post entries; an overdraft refuses its own entry ("insufficient") and no other.

    An id that is posted already is "unchanged". Raises what the database refuses otherwise: an entry that does not
    balance, a document that is paid twice, a day in the future.
    """
    if not entries:
        return {}
    rows = json.dumps([entry.to_json() for entry in entries])
    outcomes = await (await raw(session)).fetch(queries.POST, rows, caller_of(session).subject)
    return {row["id"]: row["outcome"] for row in outcomes}


async def postings(
    session: AsyncSession, account_id: UUID, limit: int, cursor: str | None
) -> paging.Page[PostingRow]:
    """What went in and out of an account, in order."""
    entry, position = paging.decode(cursor, 2, (str, int)) or (paging.NIL, 0)
    bound = {"account": account_id, "entry": entry, "position": position, "limit": limit + 1}
    rows = [PostingRow.model_validate(row) for row in await session.execute(queries.POSTINGS, bound)]
    return paging.page(rows, limit, lambda last: [last.entry_id, last.position])


async def trace(session: AsyncSession, lot_id: UUID) -> LotTrace:
    """Where every yuan of a lot is. Raises NoSuchLot (404)."""
    row = (await session.execute(queries.LOT, {"id": lot_id})).one_or_none()
    if row is None:
        raise NoSuchLot(field="lot_id")
    held = [Held.model_validate(one) for one in await session.execute(queries.HELD, {"lot": lot_id})]
    return LotTrace(lot=LotRow.model_validate(row), held=held)


async def sources(session: AsyncSession, household_id: UUID) -> list[Held]:
    """Which lots the money came from that a household was paid or lent. Raises NoSuchHousehold (404)."""
    household = known(await get(session, [household_id]), household_id)
    audit.read(session, "household", household_id, household.division)
    found = await session.execute(queries.SOURCES, {"household": str(household_id)})
    return [Held.model_validate(row) for row in found]

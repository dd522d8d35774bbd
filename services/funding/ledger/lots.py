"""Which lots a payment takes its money from: the oldest first, and what was chosen stands in the postings."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_AVAILABLE = text("""
    SELECT b.lot_id, b.amount FROM balance b JOIN lot l ON l.id = b.lot_id
    WHERE b.account_id = :account AND b.amount > 0 ORDER BY l.received_on, l.id FOR UPDATE OF b
""")


@dataclass(frozen=True, slots=True)
class Part:
    """Fen of one lot."""

    lot: UUID
    amount: int


async def available(session: AsyncSession, account: UUID) -> list[Part]:
    """What an account holds, lot by lot, the oldest first; locked until the transaction ends."""
    return [Part(row.lot_id, row.amount) for row in await session.execute(_AVAILABLE, {"account": account})]


def take(holdings: Sequence[Part], amounts: Sequence[int]) -> list[list[Part] | None]:
    """For each amount, in order, the parts of lots that make it up; None where too little is left for it.

    An amount that cannot be met takes nothing, so a smaller one after it may still be.
    """
    left = {part.lot: part.amount for part in holdings}
    return [_take_one(left, amount) for amount in amounts]


def _take_one(left: dict[UUID, int], amount: int) -> list[Part] | None:
    if amount > sum(left.values()):
        return None
    parts = []
    for lot, rest in left.items():
        if used := min(amount, rest):
            parts.append(Part(lot, used))
            left[lot] = rest - used
            amount -= used
    return parts

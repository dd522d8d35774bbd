"""Which lots a payment takes its money from: the oldest first, and what was chosen stands in the postings. Pure."""

from collections.abc import Sequence
from uuid import UUID

from services.funding.ledger.records import Part
from shared.problems import Conflict, NotFound


class InsufficientFunds(Conflict):
    slug, zh, en = "insufficient-funds", "资金余额不足", "There is not enough money in the account"


class NoSuchLot(NotFound):
    slug, zh, en = "no-such-lot", "没有这个资金批次", "There is no such lot"


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

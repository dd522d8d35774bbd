"""A reward in place of investment 以奖代投 as its table holds it, and what is decided of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from uuid import UUID

from typing_extensions import TypedDict

from services.funding.rewards.schemas import PayeeKind
from shared.workflow.case import Reason

Status = Literal["applied", "inspected", "approved", "paid", "refused"]


class Item(TypedDict):
    """An item of the scheme ``reward.items``: what is counted, yuan for each, at most how many yuan."""

    unit: str
    price: str
    cap: str


@dataclass(frozen=True, slots=True)
class Reward:
    """A reward and how far it is: what was claimed and accepted in the item's unit, ``amount`` in fen."""

    id: UUID
    division: str
    payee_kind: PayeeKind
    payee_id: UUID
    item: str
    unit: str
    year: int
    claimed: Decimal
    accepted: Decimal | None
    amount: int | None
    status: Status
    applied_by: str
    inspected_by: str | None
    approved_by: str | None
    reasons: list[Reason]

    @property
    def payee(self) -> tuple[PayeeKind, UUID, int]:
        """Whose cap of which year it counts towards."""
        return self.payee_kind, self.payee_id, self.year


@dataclass(frozen=True, slots=True)
class Award:
    """The amount of a reward, in fen, and how it came about."""

    amount: int
    reasons: Sequence[Reason]

"""A reward in place of investment 以奖代投 as its table holds it, and what is decided of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from uuid import UUID

from typing_extensions import TypedDict

from services.funding.holds.records import Matter
from services.funding.payees.records import Claim
from services.funding.payees.schemas import PayeeKind
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
    household_id: UUID | None
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
    def claim(self) -> Claim:
        """Who is to get it."""
        return Claim(self.payee_kind, self.payee_id, self.division, self.household_id, self.year)

    @property
    def matter(self) -> Matter:
        """What is held where it may not go on."""
        return Matter(
            "reward", self.id, self.division, self.household_id, self.applied_by, self.inspected_by, self.approved_by
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """A reward that was applied for and not refused, as it counts for its payee; ``amount`` in fen, once approved."""

    id: UUID
    payee_id: UUID
    household_id: UUID | None
    item: str
    year: int
    status: Status
    amount: int


class Earlier:
    """Rewards by whom they count for: a payee, and the household of that payee."""

    def __init__(self, rewards: Iterable[Counted]) -> None:
        self._by: defaultdict[UUID, dict[UUID, Counted]] = defaultdict(dict)
        for one in rewards:
            self.add(one)

    def add(self, reward: Counted) -> None:
        """Count one more, or one that has gone a step further."""
        for whom in {reward.payee_id, reward.household_id or reward.payee_id}:
            self._by[whom][reward.id] = reward

    def of(self, circle: Iterable[UUID], year: int, statuses: Collection[Status]) -> list[Counted]:
        """What counts in a year for those who count as one, as far as it has come."""
        found = {id: one for whom in circle for id, one in self._by[whom].items()}
        return [one for one in found.values() if one.year == year and one.status in statuses]


class Years(TypedDict):
    """The policy ``reward.years``: the first year of the scheme."""

    first: int


@dataclass(frozen=True, slots=True)
class Award:
    """The amount of a reward, in fen, and how it came about."""

    amount: int
    reasons: Sequence[Reason]

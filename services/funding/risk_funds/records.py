"""The county's risk fund at a bank 风险补偿金, and what was paid into it."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Fund:
    """A fund, in fen: what was paid in, what the bank has lent, how much of that is covered."""

    bank: str
    division: str
    lent: int
    covered: int
    paid_in: int


@dataclass(frozen=True, slots=True)
class Contribution:
    """Money that was paid into the fund at a bank; ``amount`` in fen."""

    id: UUID
    bank: str
    amount: int

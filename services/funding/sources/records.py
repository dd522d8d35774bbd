"""Money that comes in 资金到位 as its table holds it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.funding.ledger import records
from services.funding.ledger.records import Account


@dataclass(frozen=True, slots=True)
class Inflow:
    """An inflow with its document; ``amount`` in fen."""

    id: UUID
    division: str
    level: str
    payer: str
    document_no: str
    year: int
    purpose: str
    amount: int
    received_on: date
    status: Literal["entered", "confirmed"]
    entered_by: str

    def accounts(self) -> tuple[Account, Account]:
        """Where it comes from, outside of the books, and the account of its purpose."""
        if self.purpose == "credit":
            return records.bank(self.payer, self.division), records.bank_credit(self.payer, self.division)
        outside = records.source(self.level, self.payer, self.division)
        return outside, records.treasury(self.purpose, self.division)

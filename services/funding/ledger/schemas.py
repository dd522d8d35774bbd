"""The ledger as it is shown: amounts in yuan."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.names.money import SignedYuan, Yuan


class AccountRow(BaseModel):
    """An account and what it holds over all lots."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    code: str
    kind: str
    owner_kind: str
    owner_id: str
    division: str
    balance: SignedYuan


class PostingRow(BaseModel):
    """One posting of an account: when, why, of which lot, how much (negative: out)."""

    model_config = ConfigDict(from_attributes=True)

    entry_id: UUID
    position: int
    kind: str
    document_kind: str
    document_id: UUID
    effective_on: date
    recorded_at: datetime
    actor: str
    approver: str | None
    lot_id: UUID
    document_no: str
    amount: SignedYuan


class LotRow(BaseModel):
    """Money as it came in."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    level: str
    document_no: str
    year: int
    purpose: str
    amount: Yuan
    received_on: date


class Held(BaseModel):
    """Where money of a lot is now, or which lot money of a household came from."""

    model_config = ConfigDict(from_attributes=True)

    account_id: UUID
    kind: str
    owner_kind: str
    owner_id: str
    lot_id: UUID
    level: str
    document_no: str
    amount: Yuan


class LotTrace(BaseModel):
    """Every yuan of a lot: what the accounts hold adds up to its amount."""

    lot: LotRow
    held: list[Held]

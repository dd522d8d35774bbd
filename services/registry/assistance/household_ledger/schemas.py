"""Household ledgers as they go out, and what they read of the events of other services."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.names.money import Yuan


class Reference(BaseModel):
    """The document that a line refers to, in the service that did it."""

    document: str
    id: UUID


class LedgerLine(BaseModel):
    """Something that was done for the household; ``household_id`` is an earlier one's where it came out of that."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    household_id: UUID
    service: str
    kind: str
    on_day: date
    zh: str
    en: str
    amount: Yuan | None
    reference: Reference


class Work(BaseModel):
    """A milestone of a measure in force."""

    model_config = ConfigDict(from_attributes=True)

    batch: str
    what: str
    owner: str
    title: str
    due_on: date
    done_on: date | None


class HouseholdLedger(BaseModel):
    """The household's ledger; ``received`` is what was paid to it, in yuan, loans apart (``lent``)."""

    id: UUID
    number: str
    status: str
    size: int
    identified_on: date
    main_cause: str
    other_causes: list[str]
    received: Yuan
    lent: Yuan
    lines: list[LedgerLine]
    measures: list[Work]


class Document(BaseModel):
    """What a payment was made for."""

    kind: str
    id: UUID


class Payment(BaseModel):
    """What the ledger reads of a payment."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    document: Document
    household_id: UUID | None
    amount: str
    paid_on: date


class Participation(BaseModel):
    """What the ledger reads of a participation in a project."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    project_id: UUID
    household_id: UUID
    name: str
    kind: str
    recorded_on: date


class Exit(BaseModel):
    """What the ledger reads of an exit."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    household_id: UUID
    status: str
    year: int
    decided_on: date | None

"""Accounts of a county's books, entries and lots, as they pass between modules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from services.funding.contracts import Document, Payee

Outcome = Literal["posted", "unchanged", "insufficient"]
# Money comes into the books from these, so they may be below zero.
_OUTSIDE = {"source", "bank"}
_NAMED = {"source", "bank", "bank_credit", "risk_fund"}


@dataclass(frozen=True, slots=True)
class Account:
    """An account, known by its code; its id follows from the code, so nobody has to look it up.

    Two counties may have the same payer or bank, so what is called by a name is called so in its county.
    """

    kind: str
    owner_kind: str
    owner_id: str
    division: str

    @property
    def code(self) -> str:
        county = f"{self.division[:6]}:" if self.kind in _NAMED else ""
        return f"{county}{self.kind}:{self.owner_kind}:{self.owner_id}"

    @property
    def id(self) -> UUID:
        return uuid5(NAMESPACE_URL, self.code)

    def to_json(self) -> dict[str, str | bool]:
        return {
            "id": str(self.id),
            "code": self.code,
            "kind": self.kind,
            "owner_kind": self.owner_kind,
            "owner_id": self.owner_id,
            "division": self.division,
            "unlimited": self.kind in _OUTSIDE,
        }


@dataclass(frozen=True, slots=True)
class Part:
    """Fen of one lot."""

    lot: UUID
    amount: int


@dataclass(frozen=True, slots=True)
class Line:
    """``amount`` fen (> 0) of a lot go from one account to another."""

    source: UUID
    target: UUID
    lot: UUID
    amount: int

    def to_json(self) -> dict[str, str | int]:
        return {"from": str(self.source), "to": str(self.target), "lot": str(self.lot), "amount": self.amount}


@dataclass(frozen=True, slots=True)
class Entry:
    """A business document's movement of money. ``approver`` is who decided, the actor who posts."""

    id: UUID
    division: str
    kind: str
    document_kind: str
    document_id: UUID
    effective_on: date
    lines: Sequence[Line]
    approver: str | None = None
    reverses: UUID | None = None

    def to_json(self) -> dict[str, object]:
        return {
            "id": str(self.id),
            "division": self.division,
            "kind": self.kind,
            "document_kind": self.document_kind,
            "document_id": str(self.document_id),
            "effective_on": self.effective_on.isoformat(),
            "approver": self.approver,
            "reverses": str(self.reverses) if self.reverses else None,
            "lines": [line.to_json() for line in self.lines],
        }


@dataclass(frozen=True, slots=True)
class Payment:
    """What is to be paid: a document, to whom (an account and, on the wire, a payee), how many fen."""

    document: Document
    payee: Payee
    account: Account
    amount: int
    approver: str | None
    household_id: UUID | None = None


def source(level: str, payer: str, county: str) -> Account:
    """Where fiscal money and donations come from: outside of the books, so it may be below zero."""
    return Account("source", level, payer, county)


def bank(name: str, county: str) -> Account:
    """A bank's own money, outside of the books."""
    return Account("bank", "bank", name, county)


def treasury(purpose: str, county: str) -> Account:
    """The county's special account 专户 for a purpose."""
    return Account("treasury", purpose, county, county)


def bank_credit(name: str, county: str) -> Account:
    """What a bank has made ready to lend."""
    return Account("bank_credit", "bank", name, county)


def risk_fund(name: str, county: str) -> Account:
    """The county's risk fund 风险补偿金 at a bank."""
    return Account("risk_fund", "bank", name, county)


def payee(kind: str, id: UUID, division: str) -> Account:
    """Whom a payment goes to: household, person, village, cooperative, enterprise."""
    return Account("payee", kind, str(id), division)


def project(id: UUID, division: str) -> Account:
    """A project's money."""
    return Account("project", "project", str(id), division)


def loan(id: UUID, division: str) -> Account:
    """The principal of a loan that is outstanding."""
    return Account("loan", "loan", str(id), division)

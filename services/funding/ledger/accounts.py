"""The accounts of a county's books, by what they are for."""

from uuid import UUID

from services.funding.ledger.records import Account


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

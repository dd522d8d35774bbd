"""A loan 小额信贷 as its table holds it, and what it is judged by."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from typing_extensions import TypedDict

from services.funding.holds.records import Matter
from shared.policy import Policy, Reference

Status = Literal["applied", "approved", "disbursed", "refused"]


@dataclass(frozen=True, slots=True)
class Loan:
    """A loan and how far it is; ``amount`` in fen."""

    id: UUID
    division: str
    household_id: UUID
    borrower_id: UUID
    bank: str
    amount: int
    months: int
    use: str
    status: Status
    applied_by: str
    approved_by: str | None

    @property
    def matter(self) -> Matter:
        """What is held where it may not go on."""
        return Matter("loan", self.id, self.division, self.household_id, self.applied_by, None, self.approved_by)


Ages = TypedDict("Ages", {"from": int, "to": int})  # of borrowers, both included


@dataclass(frozen=True, slots=True)
class Terms:
    """The policies that an application is judged by."""

    maximum: Policy
    months: Policy
    age: Policy
    labour: Policy
    status: Policy

    def references(self) -> list[Reference]:
        return [one.reference() for one in (self.maximum, self.months, self.age, self.labour, self.status)]

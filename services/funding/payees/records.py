"""Whom money goes to 兑付对象, as it is known here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.funding.payees.schemas import OrganisationKind, PayeeKind
from shared.households.records import Household


@dataclass(frozen=True, slots=True)
class Payee:
    """An organisation with the days from and to (exclusive) which it exists."""

    id: UUID
    division: str
    kind: OrganisationKind
    name: str
    credit_code: str
    valid_from: date
    valid_to: date | None
    status: Literal["entered", "confirmed", "refused"]
    ground: str | None
    entered_by: str


@dataclass(frozen=True, slots=True)
class Claim:
    """Who is to get something in a division for a year; ``household_id`` of a household, or of a member's."""

    kind: PayeeKind
    id: UUID
    division: str
    household_id: UUID | None
    year: int


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of those who claim, on a day: locked, so that it stays so until the transaction ends.

    ``kin`` are, for a household and a year, all that were one household with it in that year or later.
    """

    on: date
    households: Mapping[UUID, Household]
    kin: Mapping[tuple[UUID, int], frozenset[UUID]]
    payees: Mapping[UUID, Payee]
    statuses: Sequence[str]

    def circle(self, claim: Claim) -> frozenset[UUID]:
        """Who counts as one with whoever claims: its household, its kin, and everybody who is their member today."""
        if claim.household_id is None:
            return frozenset({claim.id})
        homes = self.kin.get((claim.household_id, claim.year), frozenset({claim.household_id}))
        members = {member for home in homes & self.households.keys() for member in self.households[home].members}
        return homes | members | {claim.id}

"""Organisations and their people as they pass between modules."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

# Which key a number is encrypted with.
IDENTITY, PHONE = "staff.identity_number", "staff.phone"

Number = Literal["identity_number", "phone"]


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation 单位; ``valid_to`` is the first day on which it no longer exists."""

    id: UUID
    division: str
    level: str
    kind: str
    name: str
    invented: bool
    valid_from: date
    valid_to: date | None
    version: int

    def exists_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class SealedPhone(NamedTuple):
    """A phone number encrypted, masked and indexed."""

    phone: str | None
    phone_masked: str | None
    phone_index: bytes | None


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody who works in an organisation 干部职工, with numbers encrypted, masked and indexed; ``left_on`` is the
    first day on which they no longer do.
    """

    id: UUID
    division: str
    organisation_id: UUID
    name: str
    post: str
    rank: str
    subject: str | None
    phone: str | None
    phone_masked: str | None
    phone_index: bytes | None
    identity_number: str | None
    identity_masked: str | None
    identity_index: bytes | None
    joined_on: date
    left_on: date | None
    version: int

    def works_on(self, day: date) -> bool:
        return self.joined_on <= day and (self.left_on is None or day < self.left_on)

    def sealed(self, number: Number) -> str | None:
        """One of their numbers, encrypted; None where it is not recorded."""
        return self.phone if number == "phone" else self.identity_number

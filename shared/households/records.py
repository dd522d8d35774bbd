"""A registered household 建档立卡户 as a service other than the registry knows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

HEAD = "户主"
Status = Literal["registered", "removed", "exited"]


@dataclass(frozen=True, slots=True)
class Member:
    """A member 家庭成员 of a household: no name, no number, no health. ``labour`` is the ability to work 劳动能力."""

    id: UUID
    relation: str
    born: date
    labour: str | None

    def age(self, on: date) -> int:
        """Completed years on a day."""
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))


@dataclass(frozen=True, slots=True)
class Household:
    """A household within the caller's division, as of the last event of it that was handled."""

    id: UUID
    division: str
    number: str
    status: Status
    identified_on: date
    size: int
    attribute: str
    members: Mapping[UUID, Member]

    @property
    def head(self) -> Member | None:
        """The head of the household 户主, where it has one."""
        return next((member for member in self.members.values() if member.relation == HEAD), None)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a household lies, and whether it is on the register."""

    division: str
    status: Status


@dataclass(frozen=True, slots=True)
class Became:
    """A household that came to lie in another division (it moved, or its village became another), or to stand
    otherwise on the register.
    """

    id: UUID
    before: Standing
    after: Standing

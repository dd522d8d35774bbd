"""A policy as a decision uses it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from typing_extensions import TypedDict


class Reference(TypedDict):
    """What a decision stores of a policy that it used."""

    id: str
    key: str
    division: str
    version: int


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of one rule. ``value`` is JSON of a shape that whoever reads the policy knows."""

    id: UUID
    key: str
    division: str
    version: int
    value: Any
    zh: str
    en: str

    def decimal(self) -> Decimal:
        """The value as an exact number; it is written as a string or an integer."""
        return Decimal(str(self.value))

    def reference(self) -> Reference:
        """What a decision stores."""
        return {"id": str(self.id), "key": self.key, "division": self.division, "version": self.version}

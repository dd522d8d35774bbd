"""What a project is to bring, and what was accepted of it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Planned:
    """An output of a project's plan; ``left`` is what has not been delivered yet, in its ``unit``."""

    project_id: UUID
    kind: str
    unit: str
    left: Decimal


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery that was accepted."""

    id: UUID
    project_id: UUID
    kind: str
    quantity: Decimal
    delivered_on: date

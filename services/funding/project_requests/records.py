"""An approved project that waits for its money 项目拨款."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Request:
    """A project's budget, in fen, and the day on which it was paid."""

    id: UUID
    division: str
    amount: int
    approved_by: str
    paid_on: date | None

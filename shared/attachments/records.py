"""Attachments as they pass between modules."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Found:
    """An attachment within the caller's division: what it is and what it is about; ``size`` in bytes."""

    sha256: str
    size: int
    media_type: str
    division: str
    household_id: UUID | None

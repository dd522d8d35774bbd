"""Certificates as they pass between modules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed of a certificate: what was kept at the issue (public words, masked numbers), and its code."""

    division: str
    household_id: UUID
    serial: str
    code: UUID
    issued_on: date
    recorded_at: datetime
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of a household, as it is kept."""

    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that was issued just now."""

    household_id: UUID
    division: str
    serial: str

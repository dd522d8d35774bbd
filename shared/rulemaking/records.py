"""Versions of a policy, and what is proposed to change."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

# Raises shared.problems.WrongValue where a value cannot be one of a policy; a service names one by the policy's key.
Check = Callable[[object], None]
Status = Literal["proposed", "approved", "refused"]


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a policy for a division."""

    key: str
    division: str
    version: int
    valid_from: date
    value: object
    zh: str
    en: str
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody proposes a policy to be in a division from a day on."""

    id: UUID
    key: str
    division: str
    valid_from: date
    value: object
    ground: str
    zh: str
    en: str
    status: Status
    proposed_by: str

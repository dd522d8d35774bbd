"""Exports as they were asked for, and the households that stand in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from shared.sheets.records import Kind

Status = Literal["registered", "exited"]
State = Literal["waiting", "refused", "making", "failed", "ready", "forgotten"]


@dataclass(frozen=True, slots=True)
class Export:
    """An export: ``state`` is waiting (for its release), refused, making, failed, ready or forgotten."""

    id: UUID
    division: str
    layout: str
    kind: Kind
    status: Status
    plain: bool
    reason: str
    requested_at: datetime
    requested_by: str
    decision: str | None
    decided_at: datetime | None
    decided_by: str | None
    ground: str | None
    households: int | None
    persons: int | None
    sha256: str | None
    file: UUID | None
    problem: dict[str, object] | None
    state: State


@dataclass(frozen=True, slots=True)
class Member:
    """A member as registered; the numbers are encrypted, and masked beside that."""

    id: str
    number: str | None
    name: str
    sex: str
    born: str
    identity_number: str | None
    identity_masked: str | None
    phone: str | None
    phone_masked: str | None
    relation: str
    joined_on: str
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Household:
    """A household as registered, with its members, the head first."""

    id: UUID
    division: str
    number: str
    size: int
    identified_on: date
    attribute: str
    main_cause: str
    other_causes: list[str]
    facts: Mapping[str, object]
    phone: str | None
    phone_masked: str | None
    bank_card: str | None
    card_masked: str | None
    natural_village: str | None
    members: list[Member]

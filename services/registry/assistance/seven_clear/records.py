"""The checklist of the seven clear 七清, and households held against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.policy import Policy

CLEARS = ("population", "depth", "cause", "measures", "projects", "unit", "exit_year")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What makes one of the seven complete: items of the household and of each member, as they are stored in facts,
    and records about it.
    """

    zh: str
    en: str
    household: Sequence[str]
    member: Sequence[str]
    records: Sequence[str]


@dataclass(frozen=True, slots=True)
class Checklist:
    """What is wanted of each of the seven, the causes that say nothing, and the policy that states the list."""

    wanted: Mapping[str, Wanted]
    unclear: Sequence[str]
    policy: Policy


@dataclass(frozen=True, slots=True)
class Checked:
    """A household and what is missing of it: ``household:<item>``, ``member:<item>``, ``record:<record>``."""

    id: UUID
    division: str
    number: str
    status: str
    gaps: Sequence[str]

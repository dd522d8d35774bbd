"""Notices as they pass between modules, before they are posted."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import TypedDict

from shared.policy import Reference

Issuer = Literal["village", "town"]


class Shown(TypedDict):
    """What the policy of a kind of notice says is shown of each entry."""

    columns: list[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One subject on a notice, before its name is masked and its columns are chosen.

    ``born`` is the birth date of whoever ``name`` is, where it is a person: of a minor only a character is shown.
    """

    name: str
    born: date | None
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Posting:
    """What is posted where and until when. ``matter`` is what the title says it is about (拟新识别贫困户名单),
    ``basis`` the ground on which it is posted; ``columns`` where others than the kind's are wanted.
    """

    id: UUID
    kind: str
    division: str
    matter: str
    basis: str
    place: str
    ends_on: date
    entries: Sequence[Entry]
    issuer: Issuer = "village"
    unit: str = "户"
    columns: Sequence[str] | None = None
    photos: Sequence[str] = ()
    case_ids: Sequence[UUID] = ()
    policies: Sequence[Reference] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """What an office posts by itself, such as the list of a village's registered households."""

    matter: str
    basis: str
    entries: Sequence[Entry]


# The names of divisions in full (a village with its town), and the group 村民组 in which households live.
PlaceNames = Callable[[AsyncSession, Sequence[str]], Awaitable[Mapping[str, str]]]
Groups = Callable[[AsyncSession, Sequence[UUID]], Awaitable[Mapping[UUID, str]]]
# The list of one village today, by the kind of notice.
Lister = Callable[[AsyncSession, str], Awaitable[Listing]]


async def no_groups(session: AsyncSession, households: Sequence[UUID]) -> Mapping[UUID, str]:
    """Where a service does not know who lives in which group."""
    return {}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a service hands in so that its notices can be posted."""

    place_names: PlaceNames
    groups: Groups = no_groups
    lists: Mapping[str, Lister] | None = None

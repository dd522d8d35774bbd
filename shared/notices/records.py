"""Notices as they pass between modules, before they are posted."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NotRequired
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import TypedDict

from shared.households.schemas import Namer, nobody
from shared.policy import Reference

# Who signs: the village's committee, the town's government, the county's leading group.
Issuer = Literal["village", "town", "county"]


class Said(TypedDict):
    """A wording: the paper has the Chinese one."""

    zh: str
    en: str


class Wording(TypedDict):
    """What the policy ``notice.words.<kind>`` says of a matter: the ground 依据 on which it is made public, what its
    list is called (``listed``), what each row proposes (``conclusion`` 拟办意见); ``announced`` and ``decided`` are
    the same after the decision, where there is one.
    """

    basis: Said
    listed: Said
    conclusion: Said
    announced: NotRequired[Said]
    decided: NotRequired[Said]


class Bodies(TypedDict):
    """What the policy ``notice.issuers`` calls the bodies that sign, behind the name of their place."""

    village: Said
    community: Said
    town: Said
    street: Said
    county: Said


class Shown(TypedDict):
    """What the policy of a kind of notice says is shown of each entry."""

    columns: list[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One subject on a notice, before its name is masked and its columns are chosen.

    ``born`` is the birth date of whoever ``name`` is, where it is a person: of a minor only a character is shown.
    ``subject`` is the household, by which a notice that hangs is found when its head changes.
    """

    name: str
    born: date | None
    facts: Mapping[str, str]
    subject: UUID | None = None


@dataclass(frozen=True, slots=True)
class Headed:
    """A household with its head by now, where it lies."""

    id: UUID
    division: str
    name: str
    born: date


class Corrected(TypedDict):
    """What a notice that hangs says otherwise since a day: in which row, which name, in words."""

    row: int
    day: str
    name: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Posting:
    """What is posted where and until when. ``matter`` is what the title says it is about (拟新识别贫困户名单),
    ``basis`` the ground on which it is posted, ``after`` the steps that were done before it; ``columns`` where others
    than the kind's are wanted.
    """

    id: UUID
    kind: str
    division: str
    matter: Said
    basis: Said
    place: str
    ends_on: date
    entries: Sequence[Entry]
    after: Sequence[Said] = ()
    issuer: Issuer = "village"
    columns: Sequence[str] | None = None
    photos: Sequence[str] = ()
    case_ids: Sequence[UUID] = ()
    policies: Sequence[Reference] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """What an office posts by itself, such as the list of a village's registered households; ``year`` where it is one
    of a year.
    """

    entries: Sequence[Entry]
    year: int | None = None


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
    """What a service hands in so that its notices can be posted, and its lists of cases say their households."""

    place_names: PlaceNames
    groups: Groups = no_groups
    lists: Mapping[str, Lister] | None = None
    namer: Namer = nobody

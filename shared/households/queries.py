"""The households that a service knows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypedDict
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.rows import typed
from shared.households.records import Household, Member, Status
from shared.problems import NotFound

_COLUMNS = "SELECT id, division, number, status, identified_on, size, attribute, members FROM household"
_GET = text(f"{_COLUMNS} WHERE id = ANY(:ids)")
_LOCK = text(f"{_COLUMNS} WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")

_OF_MEMBERS = text(f"""
    {_COLUMNS} WHERE division = ANY(:divisions) AND EXISTS (
        SELECT FROM jsonb_array_elements(members) AS one WHERE CAST(one ->> 'id' AS uuid) = ANY(:persons))
    ORDER BY id
""")
_KIN = text("""
    WITH RECURSIVE kin(root, id) AS (
        SELECT asked, asked FROM unnest(CAST(:ids AS uuid[])) AS asked
        UNION
        SELECT kin.root, next.kin_id FROM kin JOIN household_kin next ON next.household_id = kin.id
        WHERE next.since >= :since
    )
    SELECT root, id FROM kin
""")


class _Member(TypedDict):
    id: str
    relation: str
    born: str
    labour: str | None


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    division: str
    number: str
    status: Status
    identified_on: date
    size: int
    attribute: str
    members: list[_Member]

    @property
    def household(self) -> Household:
        members = (
            Member(UUID(one["id"]), one["relation"], date.fromisoformat(one["born"]), one["labour"])
            for one in self.members
        )
        return Household(
            self.id,
            self.division,
            self.number,
            self.status,
            self.identified_on,
            self.size,
            self.attribute,
            {member.id: member for member in members},
        )


class NoSuchHousehold(NotFound):
    slug, zh, en = "no-such-household", "辖区内没有这一户", "There is no such household in your division"


async def get(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Household]:
    """The households of some ids that are known and lie in the caller's division."""
    return {row.id: row.household for row in typed(_Row, await session.execute(_GET, {"ids": list(set(ids))}))}


async def lock(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Household]:
    """The same, locked in the order of their ids until the transaction ends."""
    return {row.id: row.household for row in typed(_Row, await session.execute(_LOCK, {"ids": sorted(set(ids))}))}


async def of_members(session: AsyncSession, divisions: Iterable[str], persons: Iterable[UUID]) -> list[Household]:
    """The households of some villages, within the caller's division, to which any of some persons belong."""
    bound = {"divisions": sorted(set(divisions)), "persons": list(set(persons))}
    return [row.household for row in typed(_Row, await session.execute(_OF_MEMBERS, bound))]


async def kin(session: AsyncSession, ids: Iterable[UUID], since: date) -> dict[UUID, frozenset[UUID]]:
    """Each of some households with all that were one with it on a day or later: split from it, merged with it."""
    found: dict[UUID, set[UUID]] = {}
    for row in await session.execute(_KIN, {"ids": sorted(set(ids)), "since": since}):
        found.setdefault(row.root, set()).add(row.id)
    return {root: frozenset(ones) for root, ones in found.items()}


def known(households: dict[UUID, Household], id: UUID, *, field: str = "household_id") -> Household:
    """One of the households that were asked for. Raises NoSuchHousehold (404)."""
    if id not in households:
        raise NoSuchHousehold(field=field)
    return households[id]

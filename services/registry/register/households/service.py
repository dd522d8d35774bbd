"""Households as they are read: one by one, and lists by division and id, confined by row-level security."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.fields import catalogue
from services.registry.register.households import queries
from services.registry.register.households.schemas import Filters, HouseholdRow
from shared.database.session import Database, caller_of
from shared.households.queries import NoSuchHousehold
from shared.http import paging
from shared.security.auth import Caller

_READ = "SELECT version, body FROM read_household($1, $2, $3::jsonb, $4)"


class Document(NamedTuple):
    """A household as JSON text, and its version."""

    version: int
    body: str


async def read(database: Database, caller: Caller, about: str, id: UUID) -> Document:
    """A household with its members, in one statement that also notes who saw it. Raises NoSuchHousehold (404)."""
    row = await database.pool.fetchrow(_READ, caller.division, database.moment, about, id)
    if row["body"] is None:
        raise NoSuchHousehold(field="household_id")
    return Document(row["version"], catalogue.in_yuan(row["body"]))


async def page(session: AsyncSession, filters: Filters, limit: int, cursor: str | None) -> paging.Page[HouseholdRow]:
    """A page of households as they are now."""
    after_division, after_id = paging.decode(cursor, 2) or paging.FIRST
    bound = filters.bound(caller_of(session).division)
    bound |= {"after_division": after_division, "after_id": after_id, "limit": limit + 1}
    found = await session.execute(queries.listing(filters.conditions()), bound)
    return paging.by_division([HouseholdRow.model_validate(row) for row in found], limit)

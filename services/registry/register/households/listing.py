"""Lists of households: keyset by division and id, confined by row-level security."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.households import queries
from services.registry.register.households.filters import Filters
from services.registry.register.households.schemas import HouseholdRow
from shared.http import paging


async def page(session: AsyncSession, filters: Filters, limit: int, cursor: str | None) -> paging.Page[HouseholdRow]:
    """A page of households as they are now."""
    after_division, after_id = paging.decode(cursor, 2) or paging.FIRST
    bound = filters.bound(session.info["caller"].division)
    bound |= {"after_division": after_division, "after_id": after_id, "limit": limit + 1}
    found = await session.execute(queries.listing(statement_of(filters)), bound)
    return paging.by_division([HouseholdRow.model_validate(row) for row in found], limit)


def statement_of(filters: Filters) -> frozenset[str]:
    """The names of the conditions: an unsafe house and a safe one are different ones."""
    names = filters.given()
    if filters.unsafe_house is not None:
        names = names - {"unsafe_house"} | {"unsafe" if filters.unsafe_house else "safe"}
    return names

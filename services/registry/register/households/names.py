"""What lists say of their households: number, village, and the head to who may read a household."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.households.queries import note_viewers
from shared.database.session import caller_of
from shared.households.schemas import HouseholdNamed
from shared.security.auth import Caller

# Who may read a household, as the row of that call in the access matrix says, and for which purpose.
_READERS = frozenset({"village_cadre", "town_cadre", "county_office", "county_leader", "auditor"})
_PURPOSE = "register"
_NAMED = text("""
    SELECT h.id, h.division, h.number, place(h.division) AS village, head.name AS head
    FROM household h LEFT JOIN household_head head ON head.household_id = h.id
    WHERE h.id = ANY(CAST(:ids AS uuid[]))
""")


def reads_names(caller: Caller) -> bool:
    """Whether a caller may read who lives in a household."""
    allowed = caller.purposes is None or _PURPOSE in caller.purposes
    return allowed and not caller.roles.isdisjoint(_READERS)


async def household_names(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, HouseholdNamed]:
    """Households within reach; that their names were shown goes on record."""
    wanted = sorted(set(ids))
    rows = (await session.execute(_NAMED, {"ids": wanted})).all() if wanted else []
    reads = reads_names(caller_of(session))
    if reads and rows:
        await note_viewers(session, "listed", [(row.id, row.division) for row in rows])
    return {
        row.id: HouseholdNamed(number=row.number, head=row.head if reads else None, village=row.village)
        for row in rows
    }

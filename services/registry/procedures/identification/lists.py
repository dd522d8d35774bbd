"""What notices show of a village that the register knows: its registered households, and who lives in which group."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.notices.records import Entry, Listing

_GROUPS = text("""
    SELECT household_id, name FROM household_place_now WHERE household_id = ANY(:ids)
""")
_HOUSEHOLDS = text("""
    SELECT h.id, h.number, h.size, h.attribute, head.name, head.born
    FROM household h JOIN household_head head ON head.household_id = h.id
    WHERE h.division = :division AND h.status = 'registered' ORDER BY h.division, h.id
""")


async def groups(session: AsyncSession, households: Sequence[UUID]) -> dict[UUID, str]:
    """The natural village or group in which households live, as far as it is recorded."""
    found = await session.execute(_GROUPS, {"ids": list(households)})
    return {row.household_id: row.name for row in found}


async def registered_households(session: AsyncSession, village: str) -> Listing:
    """The registered households of a village by their heads."""
    found = (await session.execute(_HOUSEHOLDS, {"division": village})).all()
    lives_in = await groups(session, [row.id for row in found])
    entries = [
        Entry(
            row.name,
            row.born,
            {
                "group": lives_in.get(row.id, ""),
                "number": row.number,
                "size": str(row.size),
                "category": row.attribute,
                "procedure": "名单公示",
                "conclusion": "在册",
            },
        )
        for row in found
    ]
    return Listing("建档立卡贫困户名单", "根据建档立卡有关规定", entries)

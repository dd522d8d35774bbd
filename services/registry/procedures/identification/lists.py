"""What notices show of a village that the register knows: its registered households, and who lives in which group."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.notices.records import Entry, Listing

_GROUPS = text("""
    SELECT p.household_id, v.name FROM household_place p JOIN natural_village v ON v.id = p.natural_village_id
    WHERE p.household_id = ANY(:ids) AND p.valid_to IS NULL
""")
_HOUSEHOLDS = text("""
    SELECT h.id, h.number, h.size, h.attribute, p.name, p.born
    FROM household h
    JOIN membership m ON m.household_id = h.id AND m.relation = '户主'
        AND m.superseded_at IS NULL AND m.left_on IS NULL
    JOIN person p ON p.id = m.person_id
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

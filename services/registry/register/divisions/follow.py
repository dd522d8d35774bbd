"""What is open about a household goes along when its division becomes another; the rest stays where it happened."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# The tables of the register that say how things stand, and which of their rows are not over. Labels and names follow
# by themselves, certificates say that they are outdated, diaries and papers stay where they were written.
_OPEN = {
    "household_place": "true",
    "responsibility": "r.ended_on IS NULL",
    "plan": "r.status <> 'superseded'",
    "measure": "true",
    "milestone": "true",
    "consent": "r.withdrawn_on IS NULL",
    "correction_request": "r.status = 'open'",
    "doubt": "r.status <> 'closed'",
}
_FOLLOW = [
    text(f"""
        UPDATE {table} r SET division = h.division FROM household h
        WHERE h.id = ANY(:ids) AND r.household_id = h.id AND r.division <> h.division AND {is_open}
    """)  # noqa: S608 (names of our own)
    for table, is_open in _OPEN.items()
]
# A village that goes on under a new code keeps its posts and departments; one that is merged gets new ones.
_POSTS = text("""
    UPDATE responsibility r SET division = row.to_code
    FROM unnest(CAST(:from AS text[]), CAST(:to AS text[])) AS row(from_code, to_code)
    WHERE r.division = row.from_code AND r.household_id IS NULL AND r.ended_on IS NULL
""")


async def follow(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """What is open about households that have moved goes to their division."""
    for statement in _FOLLOW:
        await session.execute(statement, {"ids": list(ids)})


async def keep_posts(session: AsyncSession, recoded: Mapping[str, str]) -> None:
    """The posts of villages that go on under a new code."""
    if recoded:
        await session.execute(_POSTS, {"from": list(recoded), "to": list(recoded.values())})

"""What follows from changes to the register for what other nouns hold about the households: stays, helpers, plans.

A noun that holds something writes a function ``(session, changes)`` and its room lists it in ``CONSEQUENCES``; the
service hands all of them to its sessions (``Service.consequences``, under "household"), so they follow in requests,
jobs and event handlers alike, in the transaction of the change, and no room imports one above it.
"""

from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.changes.records import Applied
from shared.database.session import consequences_of

Consequence = Callable[[AsyncSession, Sequence[Applied]], Awaitable[None]]


async def follow(session: AsyncSession, changes: Sequence[Applied]) -> None:
    """Call each consequence, in the order of the rooms from the ground up."""
    for consequence in consequences_of(session, "household"):
        await consequence(session, changes)


def gone_from_village(changes: Sequence[Applied]) -> list[Applied]:
    """The changes by which a household moved to another village, not those by which its village became another."""
    return [one for one in changes if one.leaves_division and one.change.kind != "redivided"]


def elsewhere(changes: Sequence[Applied]) -> list[Applied]:
    """The changes after which a household lies in another division: it moved, or its village became another."""
    return [one for one in changes if one.leaves_division]


def goes_along(table: str, still_open: str = "true", *, moves: bool = True) -> Consequence:
    """That rows of a noun's table go along with households that come to lie elsewhere, as far as they are open.

    ``still_open`` says of a row ``r`` that it is not over; what is over stays where it happened. Without ``moves``
    they go along only where the division became another, and stay behind a household that moves.
    """
    statement = text(f"""
        UPDATE {table} r SET division = h.division FROM household h
        WHERE h.id = ANY(:ids) AND r.household_id = h.id AND r.division <> h.division AND {still_open}
    """)  # noqa: S608 (names of our own)

    async def take_along(session: AsyncSession, changes: Sequence[Applied]) -> None:
        moved = [one for one in elsewhere(changes) if moves or one.change.kind == "redivided"]
        if moved:
            await session.execute(statement, {"ids": [one.household_id for one in moved]})

    return take_along


CONSEQUENCES: tuple[Consequence, ...] = (goes_along("change_request", "r.status = 'waiting'"),)

"""What follows from changes to the register for what other nouns hold about the households: stays, helpers.

A noun that holds something writes a function ``(session, changes)`` and its room lists it in ``CONSEQUENCES``; the
service hands all of them to its sessions (``Service.consequences``), so they follow in requests, jobs and event
handlers alike, in the transaction of the change, and no room imports one above it.
"""

from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.changes.records import Applied
from shared.database.session import consequences_of

Consequence = Callable[[AsyncSession, Sequence[Applied]], Awaitable[None]]


async def follow(session: AsyncSession, changes: Sequence[Applied]) -> None:
    """Call each consequence, in the order of the rooms from the ground up."""
    for consequence in consequences_of(session):
        await consequence(session, changes)


def gone_from_village(changes: Sequence[Applied]) -> list[Applied]:
    """The changes by which a household moved to another village, not those by which its village became another."""
    return [one for one in changes if one.leaves_division and one.change.kind != "redivided"]

"""What follows from changes to the register for what other nouns hold about the households: stays, helpers, plans.

A noun that holds something writes a function ``(session, changes)`` and its room lists it in ``CONSEQUENCES``; the
service hands all of them to its sessions (``Service.consequences``, under "household"), so they follow in requests,
jobs and event handlers alike, in the transaction of the change, and no room imports one above it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.changes.records import Applied, StaysEnded, Undone
from services.registry.register.households.consequences import follow_heads
from shared.database.follow import rows_follow
from shared.database.session import consequences_of

_NOTHING: Mapping[str, str] = MappingProxyType({})
Consequence = Callable[[AsyncSession, Sequence[Applied]], Awaitable[None]]


class Returning(NamedTuple):
    """Changes that do not count any more, and what each noun says of it that stays ended."""

    undone: Sequence[Undone]
    stays: list[StaysEnded]


GivesBack = Callable[[AsyncSession, Returning], Awaitable[None]]


async def follow(session: AsyncSession, changes: Sequence[Applied]) -> None:
    """Call each consequence, in the order of the rooms from the ground up."""
    for consequence in consequences_of(session, "household"):
        await consequence(session, changes)
    await follow_heads(session, [one.household_id for one in changes])


async def follow_persons(session: AsyncSession, invalid: Sequence[UUID]) -> None:
    """Call each consequence of persons who were registered with a number that is none (consequences of "person")."""
    if invalid:
        for consequence in consequences_of(session, "person"):
            await consequence(session, invalid)


async def give_back(session: AsyncSession, undone: Sequence[Undone]) -> list[StaysEnded]:
    """What changes ended that do not count any more comes back, as far as nobody built on that (consequences of
    "undone"). Answers what stays ended.
    """
    found: list[StaysEnded] = []
    for gives_back in consequences_of(session, "undone"):
        await gives_back(session, Returning(undone, found))
    return found


def gone_from_village(changes: Sequence[Applied]) -> list[Applied]:
    """The changes by which a household moved to another village, not those by which its village became another."""
    return [one for one in changes if one.leaves_division and one.change.kind != "redivided"]


def elsewhere(changes: Sequence[Applied]) -> list[Applied]:
    """The changes after which a household lies in another division: it moved, or its village became another."""
    return [one for one in changes if one.leaves_division]


def goes_along(
    table: str, still_open: str = "true", *, moves: bool = True, parts: Mapping[str, str] = _NOTHING
) -> Consequence:
    """That rows of a noun's table go along with households that come to lie elsewhere, as far as they are open.

    ``still_open`` and ``parts`` as in ``rows_follow``. Without ``moves`` they go along only where the division became
    another, and stay behind a household that moves.
    """
    follow = rows_follow(table, "household_id", still_open, parts=parts)

    async def take_along(session: AsyncSession, changes: Sequence[Applied]) -> None:
        gone = [one for one in elsewhere(changes) if moves or one.change.kind == "redivided"]
        await follow(session, {str(one.household_id): one.now.division for one in gone})

    return take_along


CONSEQUENCES: tuple[Consequence, ...] = (goes_along("change_request", "r.status = 'waiting'"),)

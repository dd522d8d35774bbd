"""What follows when divisions become others as a whole, for what other nouns hold about the divisions themselves.

A noun that holds something of a division writes a function ``(session, became)`` and its room lists it in
``DIVISION_CONSEQUENCES``. What it holds of households follows with each household (``changes/consequences.py``). What
is about households that are not on the register yet follows nobody when a village is split: the split says where each
goes of what the rooms name as open (``Service.consequences`` under "split").
"""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.divisions.records import Became, Unassigned
from shared.database.follow import rows_follow
from shared.database.session import consequences_of

DivisionConsequence = Callable[[AsyncSession, Became], Awaitable[None]]
SplitConsequence = Callable[[AsyncSession, Unassigned], Awaitable[None]]
_NOTHING: Mapping[str, str] = MappingProxyType({})


async def follow(session: AsyncSession, became: Became) -> None:
    """Call each consequence, in the order of the rooms from the ground up."""
    for consequence in consequences_of(session, "division"):
        await consequence(session, became)


async def unassigned(session: AsyncSession, village: str) -> set[UUID]:
    """What a split of a village has to say a place for, beside its households and natural villages."""
    found = Unassigned(village)
    for consequence in consequences_of(session, "split"):
        await consequence(session, found)
    return found.matters


def goes_over(
    table: str,
    still_open: str = "true",
    *,
    of: Literal["all", "whole", "recoded"] = "all",
    parts: Mapping[str, str] = _NOTHING,
    column: str = "division",
) -> DivisionConsequence:
    """That rows of a noun's table go over to what their division became, as far as they are open.

    ``still_open`` and ``parts`` as in ``rows_follow``. ``of``: every division that ended (one that was split: to its
    first part), those that became one as a ``whole``, those that go on alone under a new code (``recoded``).
    """
    follow = rows_follow(table, column, still_open, parts=parts, column=column)

    async def take_over(session: AsyncSession, became: Became) -> None:
        await follow(session, {"all": became.codes, "whole": became.whole, "recoded": became.recoded}[of])

    return take_over

"""What follows when divisions become others as a whole, for what other nouns hold about the divisions themselves.

A noun that holds something of a division writes a function ``(session, became)`` and its room lists it in
``DIVISION_CONSEQUENCES``. What it holds of households follows with each household (``changes/consequences.py``).
"""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.divisions.records import Became
from shared.database.session import consequences_of

DivisionConsequence = Callable[[AsyncSession, Became], Awaitable[None]]


async def follow(session: AsyncSession, became: Became) -> None:
    """Call each consequence, in the order of the rooms from the ground up."""
    for consequence in consequences_of(session, "division"):
        await consequence(session, became)

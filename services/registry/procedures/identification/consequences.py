"""Open cases go along when the division of their household, or the one that they were opened in, becomes another."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.changes.consequences import Consequence, taken_along
from services.registry.register.changes.records import Applied
from services.registry.register.divisions.consequences import DivisionConsequence
from services.registry.register.divisions.records import Became
from shared.workflow.follow import follow, follow_divisions


async def follow_households(session: AsyncSession, changes: Sequence[Applied]) -> None:
    """Cases go where their households now are."""
    await follow(session, {one.household_id: one.now.division for one in taken_along(changes)})


async def follow_became(session: AsyncSession, became: Became) -> None:
    """Cases, batches and notices of a division go to what it became; households that were assigned to another part
    of it take theirs along from there.
    """
    await follow_divisions(session, became.codes)


CONSEQUENCES: tuple[Consequence, ...] = (follow_households,)
DIVISION_CONSEQUENCES: tuple[DivisionConsequence, ...] = (follow_became,)

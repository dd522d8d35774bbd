"""Who holds the posts of a village on a day."""

from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.responsibility import queries
from services.registry.assistance.responsibility.rules import SINGLE


async def holders(session: AsyncSession, village: str, on: date) -> dict[str, Any]:
    """By role (village_secretary, first_secretary, team_leader), who holds it on the day; a vacant one is absent.

    A holder has ``staff_id``, ``name``, ``subject`` (of the person's token, if known), ``rank``, ``organisation_id``,
    ``organisation``, ``started_on``, ``ended_on``. A village sees its own holders, though not the county's staff.
    """
    found = await session.execute(queries.HOLDERS, {"village": village, "roles": list(SINGLE), "on": on})
    return {row.role: row for row in found}

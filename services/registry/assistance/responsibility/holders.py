"""Who holds the posts of a village on a day, and which of them somebody holds."""

from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.organisations.kinds import called
from services.registry.assistance.responsibility import queries
from services.registry.assistance.responsibility.rules import SINGLE
from shared.database.session import caller_of
from shared.tasks.records import Person, Post


async def holders(session: AsyncSession, village: str, on: date) -> dict[str, Any]:
    """By role (village_secretary, first_secretary, team_leader), who holds it on the day; a vacant one is absent.

    A holder has ``staff_id``, ``name``, ``subject`` (of the person's token, if known), ``rank``, ``organisation_id``,
    ``organisation``, ``started_on``, ``ended_on``. A village sees its own holders, though not the county's staff.
    """
    found = await session.execute(queries.HOLDERS, {"village": village, "roles": list(SINGLE), "on": on})
    return {row.role: row for row in found}


async def person(session: AsyncSession, on: date) -> Person | None:
    """Who the caller is by their token: name, posts in villages, and the villages whose households they help.

    None where nothing within the caller's division names them.
    """
    subject = caller_of(session).subject
    charges = (await session.execute(queries.CHARGES_OF, {"subject": subject, "on": on})).all()
    employed = (await session.execute(queries.EMPLOYED, {"subject": subject})).one_or_none()
    if employed is None and not charges:
        return None
    named = employed or charges[-1]
    return Person(
        name=named.name,
        organisation=named.organisation,
        posts=tuple(
            Post(row.role, *called(row.role), row.division, row.started_on) for row in charges if not row.helped
        ),
        villages=tuple(sorted({row.division for row in charges})),
    )

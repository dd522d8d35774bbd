"""Who holds the posts of a village on a day, and which of them somebody holds."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.organisations.catalogue import called
from services.registry.assistance.responsibility import queries
from services.registry.assistance.responsibility.rules import SINGLE
from shared.database.session import caller_of
from shared.tasks.records import Person, Post
from shared.workflow.kinds import Holder


async def holders(session: AsyncSession, village: str, on: date) -> dict[str, Holder]:
    """By role (village_secretary, first_secretary, team_leader), who holds it on the day; a vacant one is absent.

    A village's own holders are within its reach, though the county's staff is not.
    """
    found = await session.execute(queries.HOLDERS, {"village": village, "roles": list(SINGLE), "on": on})
    return {row.role: Holder(row.name, row.subject) for row in found}


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

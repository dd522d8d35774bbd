"""Read plans as a whole, what fits a household's causes, and which households have no plan."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.plans import queries, rules
from services.registry.assistance.plans.records import Batch, Standards
from services.registry.assistance.plans.schemas import PlanRow, Suggestion, Unplanned
from shared import policy
from shared.database.session import caller_of
from shared.households.queries import NoSuchHousehold
from shared.http import paging
from shared.security import audit
from shared.time import clock


async def standards(session: AsyncSession, division: str, on: date) -> Standards:
    """What plans are made by in a division on a day."""
    used = await policy.resolve_all(session, ("plan.batches", "plan.measures", "plan.years"), division, on)
    return Standards(
        batches=used["plan.batches"].read(dict[str, Batch]),
        measures=used["plan.measures"].read(dict[str, list[str]]),
        years=used["plan.years"].number(),
        policies=[one.reference() for one in used.values()],
    )


async def plans(session: AsyncSession, household_id: UUID) -> list[PlanRow]:
    """The plan in force and the one that waits for approval; that they were looked at stays on record."""
    used = await standards(session, caller_of(session).division, await clock.today(session))
    found = await queries.of_household(session, household_id, used)
    for plan in found[:1]:
        audit.read(session, "household", household_id, plan.division)
    return found


async def suggested(session: AsyncSession, household_id: UUID) -> list[Suggestion]:
    """Which batches of measures fit the household's causes. Raises NoSuchHousehold."""
    causes = await queries.causes(session, household_id)
    if causes is None:
        raise NoSuchHousehold(field="household_id")
    used = await standards(session, causes.division, await clock.today(session))
    return [
        Suggestion(cause=cause, batch=batch, zh=words.zh, en=words.en)
        for cause, batch, words in rules.suggestions(causes.all, used)
    ]


async def unplanned(
    session: AsyncSession, division: str | None, limit: int, cursor: str | None
) -> paging.Page[Unplanned]:
    """Registered households without a plan in force, and by when each should have one."""
    place = division or caller_of(session).division
    days = await policy.resolve(session, "plan.deadline_days", place, await clock.today(session))
    return await paging.of_division(
        session,
        queries.UNPLANNED,
        Unplanned,
        division=division,
        limit=limit,
        cursor=cursor,
        days=days.number(),
    )

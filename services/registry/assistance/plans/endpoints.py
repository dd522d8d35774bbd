"""Plans over HTTP: one plan, one set of measures, one countdown a household."""

from uuid import UUID

from fastapi import APIRouter

from services.registry.assistance.plans import milestones, queries, rules, service
from services.registry.assistance.plans import propose as proposing
from services.registry.assistance.plans.schemas import (
    CompletionIn,
    Overdue,
    Plan,
    PlanIn,
    PlanRef,
    ShiftIn,
    Suggestion,
    Unplanned,
)
from shared import policy
from shared.database.session import caller_of
from shared.households.queries import NoSuchHousehold
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.names.divisions import Division
from shared.security import audit
from shared.time import clock

router = APIRouter(tags=["plans"], route_class=UnitRoute)


@router.post("/plans")
async def propose(session: Session, body: ListOf[PlanIn]) -> Answers:
    """Propose plans; each cause of a household needs a measure of a batch that fits it."""
    return await proposing.propose(session, body.items)


@router.post("/plans/approvals")
async def approve(session: Session, body: ListOf[PlanRef]) -> Answers:
    """Put proposed plans in force; by somebody else than who proposed."""
    return await proposing.approve(session, body.items)


@router.get("/plans/missing")
async def missing(
    session: Session, division: Division | None = None, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[Unplanned]:
    """Registered households without a plan in force, and by when each should have one."""
    prefix = division or caller_of(session).division
    days = await policy.resolve(session, "plan.deadline_days", prefix, await clock.today(session))
    bound = dict(zip(("division", "id"), paging.decode(cursor, 2) or paging.FIRST, strict=True))
    bound |= {"low": prefix, "high": prefix + ":", "days": days.value, "limit": limit + 1}
    rows = [Unplanned.model_validate(row) for row in await session.execute(queries.UNPLANNED, bound)]
    return paging.by_division(rows, limit)


@router.post("/milestones/completions")
async def complete(session: Session, body: ListOf[CompletionIn]) -> Answers:
    """Note milestones as reached."""
    return await milestones.complete(session, body.items)


@router.post("/milestones/shifts")
async def shift(session: Session, body: ListOf[ShiftIn]) -> Answers:
    """Move milestones to another day, with the ground."""
    return await milestones.shift(session, body.items)


@router.get("/milestones/overdue")
async def overdue(
    session: Session,
    division: Division | None = None,
    staff_id: UUID | None = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[Overdue]:
    """Milestones whose day has passed, of a division or of one helper, the oldest of each village first."""
    prefix = division or caller_of(session).division
    after = paging.decode(cursor, 3) or ["", "0001-01-01", paging.FIRST[1]]
    bound = dict(zip(("division", "day", "id"), after, strict=True))
    bound |= {"low": prefix, "high": prefix + ":", "staff_id": staff_id, "limit": limit + 1}
    rows = [Overdue.model_validate(row) for row in await session.execute(queries.OVERDUE, bound)]
    last = rows[limit - 1] if len(rows) > limit else None
    return paging.page(rows, limit, [last.division, last.due_on.isoformat(), str(last.id)] if last else None)


@router.get("/households/{household_id}/plan")
async def read(session: Session, household_id: UUID) -> list[Plan]:
    """The household's plan in force, and one that waits for approval."""
    found = await service.plans(session, household_id)
    for plan in found[:1]:
        audit.read(session, "household", household_id, plan.division)
    return found


@router.get("/households/{household_id}/measures/suggested")
async def suggested(session: Session, household_id: UUID) -> list[Suggestion]:
    """Which batches of measures fit the household's causes."""
    household = (await session.execute(queries.CAUSES, {"id": household_id})).one_or_none()
    if household is None:
        raise NoSuchHousehold(field="household_id")
    used = await proposing.standards(session, household.division, await clock.today(session))
    causes = [household.main_cause, *household.other_causes]
    return [
        Suggestion(cause=cause, batch=batch, zh=name["zh"], en=name["en"])
        for cause, batch, name in rules.suggestions(causes, used)
    ]

"""Plans over HTTP: one plan, one set of measures, one countdown a household."""

from uuid import UUID

from fastapi import APIRouter

from services.registry.assistance.plans import propose as proposals
from services.registry.assistance.plans import queries, service
from services.registry.assistance.plans.schemas import (
    CompletionIn,
    Overdue,
    PlanIn,
    PlanRef,
    PlanRow,
    ShiftIn,
    Suggestion,
    Unplanned,
)
from services.registry.register.households.names import household_names
from shared.households.schemas import told
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.names.divisions import Division

router = APIRouter(tags=["plans"], route_class=UnitRoute)


@router.post("/plans")
async def propose(session: Session, body: ListOf[PlanIn]) -> Answers:
    """Propose plans; each cause of a household needs a measure of a batch that fits it."""
    return await proposals.propose(session, body.items)


@router.post("/plans/approvals")
async def approve(session: Session, body: ListOf[PlanRef]) -> Answers:
    """Put proposed plans in force; by somebody else than who proposed."""
    return await proposals.approve(session, body.items)


@router.get("/plans/missing")
async def missing(
    session: Session, division: Division | None = None, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[Unplanned]:
    """Registered households without a plan in force, and by when each should have one."""
    return await service.unplanned(session, division, limit, cursor)


@router.post("/milestones/completions")
async def complete(session: Session, body: ListOf[CompletionIn]) -> Answers:
    """Note milestones as reached."""
    return await service.complete(session, body.items)


@router.post("/milestones/shifts")
async def shift(session: Session, body: ListOf[ShiftIn]) -> Answers:
    """Move milestones to another day, with the ground."""
    return await service.shift(session, body.items)


@router.get("/milestones/overdue")
async def overdue(
    session: Session,
    division: Division | None = None,
    staff_id: UUID | None = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[Overdue]:
    """Milestones whose day has passed, of a division or of one helper, the oldest of each village first."""
    page = await paging.of_division(
        session,
        queries.OVERDUE,
        Overdue,
        division=division,
        limit=limit,
        cursor=cursor,
        by=queries.OVERDUE_BY,
        staff_id=staff_id,
    )
    return await told(session, page, lambda row: row.household_id, household_names)


@router.get("/households/{household_id}/plan")
async def read(session: Session, household_id: UUID) -> list[PlanRow]:
    """The household's plan in force, and one that waits for approval."""
    return await service.plans(session, household_id)


@router.get("/households/{household_id}/measures/suggested")
async def suggested(session: Session, household_id: UUID) -> list[Suggestion]:
    """Which batches of measures fit the household's causes."""
    return await service.suggested(session, household_id)

"""Who has what in charge, over HTTP."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter

from services.registry.assistance.responsibility import queries, service
from services.registry.assistance.responsibility.records import Role
from services.registry.assistance.responsibility.schemas import (
    AssignmentIn,
    EndingIn,
    HandoverIn,
    ResponsibilityRow,
    Unhelped,
)
from services.registry.register.households.names import household_names
from shared.households.schemas import told
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.names.divisions import Division

router = APIRouter(tags=["responsibility"], route_class=UnitRoute)


@router.post("/responsibilities")
async def assign(session: Session, body: ListOf[AssignmentIn]) -> Answers:
    """Departments to villages, people to villages, helpers to households."""
    return await service.assign(session, body.items)


@router.post("/responsibilities/handovers")
async def hand_over(session: Session, body: ListOf[HandoverIn]) -> Answers:
    """End one and begin the next on the same day; both stay on record."""
    return await service.hand_over(session, body.items)


@router.post("/responsibilities/endings")
async def end(session: Session, body: ListOf[EndingIn]) -> Answers:
    """End responsibilities without a successor."""
    return await service.end(session, body.items)


@router.get("/responsibilities")
async def responsibilities(
    session: Session,
    division: Division | None = None,
    role: Role | None = None,
    staff_id: UUID | None = None,
    on: date | None = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[ResponsibilityRow]:
    """Responsibilities by village and id: those that hold on a day, or all that ever were."""
    return await paging.of_division(
        session,
        queries.LIST,
        ResponsibilityRow,
        division=division,
        limit=limit,
        cursor=cursor,
        role=role,
        staff_id=staff_id,
        on=on,
    )


@router.get("/responsibilities/missing")
async def without_helper(
    session: Session, division: Division | None = None, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[Unhelped]:
    """Registered households that nobody helps now: the work list of whoever assigns helpers."""
    page = await paging.of_division(
        session, queries.UNHELPED, Unhelped, division=division, limit=limit, cursor=cursor
    )
    return await told(session, page, lambda row: row.id, household_names)


@router.get("/households/{household_id}/helpers")
async def helpers(session: Session, household_id: UUID) -> list[ResponsibilityRow]:
    """Who helped a household from when to when, the first one first."""
    return [ResponsibilityRow.model_validate(one) for one in await service.helpers_of(session, household_id)]

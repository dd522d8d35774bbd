"""The diary, absences and days on duty over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.registry.assistance.visits import queries, service
from services.registry.assistance.visits.records import Status
from services.registry.assistance.visits.schemas import (
    AbsenceDecisionIn,
    AbsenceIn,
    AbsenceRow,
    AttendanceRow,
    VisitIn,
    VisitRow,
)
from services.registry.register.households.names import household_names
from shared.database.session import caller_of
from shared.households.schemas import told
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.names.divisions import Division
from shared.security import audit

router = APIRouter(tags=["visits"], route_class=UnitRoute)


@router.post("/visits")
async def write(session: Session, body: ListOf[VisitIn]) -> Answers:
    """Entries of the diary: visits to households, work in the village, trips on its business."""
    return await service.write(session, body.items)


@router.get("/visits")
async def visits(
    session: Session,
    division: Division | None = None,
    household_id: UUID | None = None,
    staff_id: UUID | None = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[VisitRow]:
    """Entries by village and day; corrected ones say by which they were."""
    place = division or caller_of(session).division
    audit.read(session, "visit", household_id or place, place)
    page = await paging.of_division(
        session,
        queries.VISITS,
        VisitRow,
        division=division,
        limit=limit,
        cursor=cursor,
        by=queries.VISITS_BY,
        household_id=household_id,
        staff_id=staff_id,
    )
    return await told(session, page, lambda row: row.household_id, household_names)


@router.post("/absences")
async def ask(session: Session, body: ListOf[AbsenceIn]) -> Answers:
    """Ask for leave of people posted in villages."""
    return await service.ask(session, body.items)


@router.post("/absences/decisions")
async def decide(session: Session, body: ListOf[AbsenceDecisionIn]) -> Answers:
    """Approve or refuse: short ones the town, longer ones the county, nobody their own."""
    return await service.decide(session, body.items)


@router.get("/absences")
async def list_absences(
    session: Session,
    division: Division | None = None,
    status: Status | None = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[AbsenceRow]:
    """Absences by village and id."""
    return await paging.of_division(
        session, queries.ABSENCES, AbsenceRow, division=division, limit=limit, cursor=cursor, status=status
    )


@router.get("/attendance")
async def attendance(
    session: Session,
    year: Annotated[int, Query(ge=2000, le=2100)],
    month: Annotated[int | None, Query(ge=1, le=12)] = None,
    division: Division | None = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
    *,
    below: Annotated[bool, Query(description="only those below what the policy asks")] = False,
) -> paging.Page[AttendanceRow]:
    """Days on duty of first secretaries, team leaders and members in a month or a year, against policy."""
    return await service.attendance(
        session, year=year, month=month, division=division, below=below, limit=limit, cursor=cursor
    )

"""Visits, leave and days on duty over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.registry.assistance.visits import absences, queries, rules, service
from services.registry.assistance.visits.schemas import (
    AttendanceRow,
    LeaveDecisionIn,
    LeaveIn,
    LeaveRow,
    VisitIn,
    VisitRow,
)
from shared import policy
from shared.database.session import caller_of
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.names.divisions import Division
from shared.security import audit

router = APIRouter(tags=["visits"], route_class=UnitRoute)
_BEFORE = ["", "0001-01-01", "00000000-0000-0000-0000-000000000000"]


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
    prefix = division or caller_of(session).division
    after = dict(zip(("division", "day", "id"), paging.decode(cursor, 3) or _BEFORE, strict=True))
    bound = {"low": prefix, "high": prefix + ":", "household_id": household_id, "staff_id": staff_id}
    found = await session.execute(queries.VISITS, after | bound | {"limit": limit + 1})
    rows = [VisitRow.model_validate(row) for row in found]
    audit.read(session, "visit", household_id or prefix, prefix)
    last = rows[limit - 1] if len(rows) > limit else None
    return paging.page(rows, limit, [last.division, last.visited_on.isoformat(), str(last.id)] if last else None)


@router.post("/leaves")
async def ask(session: Session, body: ListOf[LeaveIn]) -> Answers:
    """Ask for leave of people posted in villages."""
    return await absences.ask(session, body.items)


@router.post("/leaves/decisions")
async def decide(session: Session, body: ListOf[LeaveDecisionIn]) -> Answers:
    """Approve or refuse: short ones the town, longer ones the county, nobody his own."""
    return await absences.decide(session, body.items)


@router.get("/leaves")
async def leaves(
    session: Session,
    division: Division | None = None,
    status: Annotated[str | None, Query(pattern="^(asked|approved|refused)$")] = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[LeaveRow]:
    """Leave by village and id."""
    prefix = division or caller_of(session).division
    after, id = paging.decode(cursor, 2) or paging.FIRST
    bound = {"low": prefix, "high": prefix + ":", "division": after, "id": id, "status": status, "limit": limit + 1}
    rows = [LeaveRow.model_validate(row) for row in await session.execute(queries.LEAVES, bound)]
    return paging.by_division(rows, limit)


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
    prefix = division or caller_of(session).division
    first, after = date(year, month or 1, 1), date(year + (month in (None, 12)), (month or 12) % 12 + 1, 1)
    days = await policy.resolve(session, "duty.days", prefix, first)
    place, id = paging.decode(cursor, 2) or paging.FIRST
    bound = {
        "first": first,
        "after": after,
        "days": days.value["month" if month else "year"],
        "low": prefix,
        "high": prefix + ":",
        "division": place,
        "id": id,
        "roles": list(rules.POSTED),
        "below": below,
        "limit": limit + 1,
    }
    rows = [AttendanceRow.model_validate(row) for row in await session.execute(queries.ATTENDANCE, bound)]
    return paging.by_division(rows, limit)

"""Doubts 疑点 over HTTP: lists of decisions down to the village and back up, and lists of what is to be done."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from services.registry.verification.doubts import close as closing
from services.registry.verification.doubts import service
from services.registry.verification.doubts.catalogue import verdicts
from services.registry.verification.doubts.schemas import (
    AssignmentIn,
    CheckIn,
    DoubtDetail,
    DoubtRow,
    ReopeningIn,
    ReviewIn,
    VerdictIn,
    VerdictOut,
)
from services.registry.verification.doubts.service import Desk
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.http.runtime import runtime_of
from shared.names.divisions import Division

router = APIRouter(prefix="/doubts", tags=["doubts"], route_class=UnitRoute)
codes = APIRouter(prefix="/doubt-verdicts", tags=["doubts"], route_class=UnitRoute)
Code = Annotated[str | None, Query(max_length=60)]


@router.get("")
async def doubts(
    session: Session,
    division: Division | None = None,
    status: Code = None,
    rule: Code = None,
    source: Code = None,
    household_id: UUID | None = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[DoubtRow]:
    """Doubts within a division, open and closed; those that one service (``source``) found."""
    return await service.page(
        session, division, status=status, rule=rule, source=source, household=household_id, limit=limit, cursor=cursor
    )


@router.get("/worklist")
async def worklist(
    session: Session,
    division: Division | None = None,
    desk: Desk | None = None,
    *,
    overdue: bool = False,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[DoubtRow]:
    """What waits on a desk (county, town or village), the longest overdue first."""
    return await service.work(session, division, desk, overdue=overdue, limit=limit, cursor=cursor)


@codes.get("")
async def verdict_codes(_session: Session) -> list[VerdictOut]:
    """The code list of verdicts."""
    return [VerdictOut.model_validate(verdict) for verdict in verdicts().values()]


@router.get("/{doubt_id}")
async def doubt(session: Session, doubt_id: UUID) -> DoubtDetail:
    """A doubt with its evidence and everything that was done about it."""
    return await service.detail(session, doubt_id)


@router.post("/town-assignments")
async def assign_towns(session: Session, body: ListOf[AssignmentIn]) -> Answers:
    """The county passes doubts to its towns."""
    return await service.assign(session, body.items, "assign_town")


@router.post("/village-assignments")
async def assign_villages(session: Session, body: ListOf[AssignmentIn]) -> Answers:
    """A town passes doubts to its villages."""
    return await service.assign(session, body.items, "assign_village")


@router.post("/checks")
async def check(session: Session, body: ListOf[CheckIn]) -> Answers:
    """Doubts were checked on the spot."""
    return await service.check(session, body.items)


@router.post("/verdicts")
async def judge(session: Session, body: ListOf[VerdictIn]) -> Answers:
    """What the checks come to."""
    return await service.judge(session, body.items)


@router.post("/reviews")
async def review(session: Session, body: ListOf[ReviewIn]) -> Answers:
    """The town reviews verdicts; who checked or judged does not."""
    return await service.review(session, body.items)


@router.post("/closings")
async def close(session: Session, request: Request, body: ListOf[ReviewIn]) -> Answers:
    """The county closes doubts; who is cleared out leaves the register with it."""
    return await closing.close(session, runtime_of(request).keys, body.items)


@router.post("/reopenings")
async def reopen(session: Session, body: ListOf[ReopeningIn]) -> Answers:
    """Closed doubts are looked at again."""
    return await closing.reopen(session, body.items)

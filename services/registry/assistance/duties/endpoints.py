"""The responsibility list over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.registry.assistance.duties import queries, service
from services.registry.assistance.duties.catalogue import duty_list
from services.registry.assistance.duties.records import State
from services.registry.assistance.duties.schemas import CompletionIn, DutyIn, DutyPatch, DutyRow, KindRow, OfficeRow
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.http.schemas import IfMatch
from shared.names.divisions import Division
from shared.time import clock

router = APIRouter(tags=["duties"], route_class=UnitRoute)


@router.get("/duty-kinds")
async def kinds() -> list[KindRow]:
    """The classes and kinds of the list in force."""
    listed = duty_list()
    return [
        KindRow(
            code=code,
            class_=kind.class_,
            class_zh=kind.class_zh,
            zh=kind.zh,
            en=kind.en,
            version=listed.version,
            invented=listed.invented,
        )
        for code, kind in listed.kinds.items()
    ]


@router.post("/duties")
async def record(session: Session, body: ListOf[DutyIn]) -> Answers:
    """Put items on the list."""
    return await service.record(session, body.items)


@router.post("/duties/completions")
async def complete(session: Session, body: ListOf[CompletionIn]) -> Answers:
    """Say that items are done."""
    return await service.complete(session, body.items)


@router.get("/duties")
async def duties(
    session: Session,
    division: Division | None = None,
    state: State | None = None,
    organisation_id: UUID | None = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[DutyRow]:
    """Items by division and id, with their state as of today."""
    return await paging.of_division(
        session,
        queries.LIST,
        DutyRow,
        division=division,
        limit=limit,
        cursor=cursor,
        state=state,
        organisation_id=organisation_id,
    )


@router.get("/duties/overdue")
async def overdue(
    session: Session, division: Division | None = None, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[OfficeRow]:
    """Which offices are late, with how many items, since when."""
    return await paging.of_division(
        session,
        queries.OFFICES,
        OfficeRow,
        division=division,
        limit=limit,
        cursor=cursor,
        by=queries.OFFICES_BY,
    )


@router.get("/duties/{duty_id}")
async def read(session: Session, duty_id: UUID, response: Response) -> DutyRow:
    """An item; the ETag is what an update sends in If-Match."""
    duty = await service.read(session, duty_id)
    response.headers["ETag"] = f'"{duty.version}"'
    return DutyRow.of(duty, await clock.today(session))


@router.patch("/duties/{duty_id}")
async def change(
    session: Session, duty_id: UUID, body: DutyPatch, response: Response, if_match: IfMatch = None
) -> DutyRow:
    """Give an open item another day or owner."""
    duty = await service.change(session, duty_id, body, if_match)
    response.headers["ETag"] = f'"{duty.version}"'
    return DutyRow.of(duty, await clock.today(session))

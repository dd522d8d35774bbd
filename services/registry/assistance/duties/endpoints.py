"""The responsibility list over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response

from services.registry.assistance.duties import queries, rules, service
from services.registry.assistance.duties.catalogue import duty_list
from services.registry.assistance.duties.schemas import CompletionIn, DutyIn, DutyPatch, DutyRow, KindRow, OfficeRow
from shared.database.session import caller_of
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.names.divisions import Division

router = APIRouter(tags=["duties"], route_class=UnitRoute)


@router.get("/duty-kinds")
async def kinds() -> list[KindRow]:
    """The classes and kinds of the list in force."""
    listed = duty_list()
    return [
        KindRow(
            code=code,
            class_=kind["class"],
            class_zh=listed.classes[kind["class"]]["zh"],
            zh=kind["zh"],
            en=kind["en"],
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
    state: Annotated[str | None, Query(pattern="^(open|overdue|done|done_late)$")] = None,
    organisation_id: UUID | None = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[DutyRow]:
    """Items by division and id, with their state as of today."""
    prefix = division or caller_of(session).division
    after, id = paging.decode(cursor, 2) or paging.FIRST
    bound = {"low": prefix, "high": prefix + ":", "division": after, "id": id, "limit": limit + 1}
    found = await session.execute(queries.LIST, bound | {"state": state, "organisation_id": organisation_id})
    return paging.by_division([DutyRow.model_validate(row) for row in found], limit)


@router.get("/duties/overdue")
async def overdue(
    session: Session, division: Division | None = None, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[OfficeRow]:
    """Which offices are late, with how many items, since when."""
    prefix = division or caller_of(session).division
    (after,) = paging.decode(cursor, 1) or [paging.FIRST[1]]
    bound = {"low": prefix, "high": prefix + ":", "after": after, "limit": limit + 1}
    rows = [OfficeRow.model_validate(row) for row in await session.execute(queries.OFFICES, bound)]
    last = rows[limit - 1] if len(rows) > limit else None
    return paging.page(rows, limit, [str(last.organisation_id)] if last else None)


@router.get("/duties/{duty_id}")
async def one(session: Session, duty_id: UUID, response: Response) -> DutyRow:
    """An item; the ETag is what an update sends in If-Match."""
    row = (await session.execute(queries.ONE, {"id": duty_id})).one_or_none()
    if row is None:
        raise rules.NoSuchDuty(field="duty_id")
    response.headers["ETag"] = f'"{row.version}"'
    return DutyRow.model_validate(row)


@router.patch("/duties/{duty_id}")
async def change(
    session: Session,
    duty_id: UUID,
    body: DutyPatch,
    response: Response,
    if_match: Annotated[str | None, Header(max_length=40)] = None,
) -> DutyRow:
    """Give an open item another day or owner."""
    row = await service.change(session, duty_id, body, if_match)
    response.headers["ETag"] = f'"{row.version}"'
    return row

"""Organisations and their people over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.registry.assistance.organisations import queries, service, staff
from services.registry.assistance.organisations.schemas import (
    Code,
    OrganisationIn,
    OrganisationPatch,
    OrganisationRow,
    StaffIn,
    StaffNumber,
    StaffPatch,
    StaffReveal,
    StaffRow,
)
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.http.runtime import runtime_of
from shared.http.schemas import IfMatch
from shared.names.divisions import Level

router = APIRouter(tags=["organisations"], route_class=UnitRoute)


@router.post("/organisations")
async def record_organisations(session: Session, body: ListOf[OrganisationIn]) -> Answers:
    """Record organisations within the caller's division."""
    return await service.record(session, body.items)


@router.get("/organisations")
async def organisations(
    session: Session,
    kind: Code | None = None,
    level: Level | None = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[OrganisationRow]:
    """Organisations by division and id, also those that have ended."""
    return await paging.of_division(
        session,
        queries.LIST,
        OrganisationRow,
        division=None,
        limit=limit,
        cursor=cursor,
        kind=kind,
        level=level,
    )


@router.patch("/organisations/{organisation_id}")
async def change_organisation(
    session: Session, organisation_id: UUID, body: OrganisationPatch, response: Response, if_match: IfMatch = None
) -> OrganisationRow:
    """Rename an organisation or let it end."""
    changed = await service.change(session, organisation_id, body, if_match)
    response.headers["ETag"] = f'"{changed.version}"'
    return OrganisationRow.model_validate(changed)


@router.post("/staff")
async def record_staff(session: Session, request: Request, body: ListOf[StaffIn]) -> Answers:
    """Record people of organisations."""
    return await staff.record(session, runtime_of(request).keys, body.items)


@router.get("/staff")
async def list_staff(
    session: Session,
    organisation_id: UUID | None = None,
    post: Code | None = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[StaffRow]:
    """People by division and id; numbers masked."""
    return await paging.of_division(
        session,
        queries.STAFF_LIST,
        StaffRow,
        division=None,
        limit=limit,
        cursor=cursor,
        organisation_id=organisation_id,
        post=post,
    )


@router.get("/staff/{staff_id}")
async def read_staff(session: Session, staff_id: UUID, response: Response) -> StaffRow:
    """Somebody; the ETag is what an update sends in If-Match."""
    person = await staff.read(session, staff_id)
    response.headers["ETag"] = f'"{person.version}"'
    return StaffRow.model_validate(person)


@router.patch("/staff/{staff_id}")
async def change_staff(
    session: Session,
    request: Request,
    staff_id: UUID,
    body: StaffPatch,
    response: Response,
    if_match: IfMatch = None,
) -> StaffRow:
    """Change post, rank, subject or phone, or let somebody leave."""
    changed = await staff.change(session, runtime_of(request).keys, staff_id, body, if_match)
    response.headers["ETag"] = f'"{changed.version}"'
    return StaffRow.model_validate(changed)


@router.post("/staff/{staff_id}/reveals")
async def reveal(session: Session, request: Request, staff_id: UUID, body: StaffReveal) -> StaffNumber:
    """Show a number in plain. Who, whose, which and why stay on record."""
    return StaffNumber(value=await staff.reveal(session, runtime_of(request).keys, staff_id, body))

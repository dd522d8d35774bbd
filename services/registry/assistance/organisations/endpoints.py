"""Organisations and their people over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy import text

from services.registry.assistance.organisations import rules, service
from services.registry.assistance.organisations import staff as staffing
from services.registry.assistance.organisations.schemas import (
    Code,
    OrganisationIn,
    OrganisationPatch,
    OrganisationRow,
    StaffIn,
    StaffPatch,
    StaffReveal,
    StaffRow,
)
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.http.runtime import runtime_of
from shared.names.divisions import Level
from shared.problems import NotFound
from shared.security import audit

router = APIRouter(tags=["organisations"], route_class=UnitRoute)
IfMatch = Annotated[str | None, Header(max_length=40)]
_LIST = text("""
    SELECT * FROM organisation
    WHERE (division, id) > (:division, CAST(:id AS uuid)) AND (CAST(:kind AS text) IS NULL OR kind = :kind)
      AND (CAST(:level AS text) IS NULL OR level = :level)
    ORDER BY division, id LIMIT :limit
""")
_STAFF = text("""
    SELECT * FROM staff
    WHERE (division, id) > (:division, CAST(:id AS uuid))
      AND (CAST(:organisation_id AS uuid) IS NULL OR organisation_id = :organisation_id)
      AND (CAST(:post AS text) IS NULL OR post = :post)
    ORDER BY division, id LIMIT :limit
""")
_ONE = text("SELECT * FROM staff WHERE id = :id")


class NothingRecorded(NotFound):
    slug, zh, en = "nothing-to-reveal", "没有登记此项", "Nothing is recorded there"


class StaffNumber(BaseModel):
    """A number in plain."""

    value: str


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
    division, id = paging.decode(cursor, 2) or paging.FIRST
    bound = {"division": division, "id": id, "kind": kind, "level": level, "limit": limit + 1}
    rows = [OrganisationRow.model_validate(row) for row in await session.execute(_LIST, bound)]
    return paging.by_division(rows, limit)


@router.patch("/organisations/{organisation_id}")
async def change_organisation(
    session: Session,
    organisation_id: UUID,
    body: OrganisationPatch,
    response: Response,
    if_match: IfMatch = None,
) -> OrganisationRow:
    """Rename an organisation or let it end."""
    row = await service.change(session, organisation_id, body, if_match)
    response.headers["ETag"] = f'"{row.version}"'
    return row


@router.post("/staff")
async def record_staff(session: Session, request: Request, body: ListOf[StaffIn]) -> Answers:
    """Record people of organisations."""
    return await staffing.record(session, runtime_of(request).keys, body.items)


@router.get("/staff")
async def staff(
    session: Session,
    organisation_id: UUID | None = None,
    post: Code | None = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[StaffRow]:
    """People by division and id; numbers masked."""
    division, id = paging.decode(cursor, 2) or paging.FIRST
    bound = {"division": division, "id": id, "organisation_id": organisation_id, "post": post, "limit": limit + 1}
    rows = [StaffRow.model_validate(row) for row in await session.execute(_STAFF, bound)]
    return paging.by_division(rows, limit)


@router.get("/staff/{staff_id}")
async def one_of_the_staff(session: Session, staff_id: UUID, response: Response) -> StaffRow:
    """Somebody; the ETag is what an update sends in If-Match."""
    row = (await session.execute(_ONE, {"id": staff_id})).one_or_none()
    if row is None:
        raise rules.NoSuchStaff(field="staff_id")
    audit.read(session, "staff", staff_id, row.division)
    response.headers["ETag"] = f'"{row.version}"'
    return StaffRow.model_validate(row)


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
    row = await staffing.change(session, runtime_of(request).keys, staff_id, body, if_match)
    response.headers["ETag"] = f'"{row.version}"'
    return row


@router.post("/staff/{staff_id}/reveals")
async def reveal(session: Session, request: Request, staff_id: UUID, body: StaffReveal) -> StaffNumber:
    """Show a number in plain. Who, whose, which and why stay on record."""
    row = (await session.execute(_ONE, {"id": staff_id})).one_or_none()
    if row is None:
        raise rules.NoSuchStaff(field="staff_id")
    value = getattr(row, body.field)
    if value is None:
        raise NothingRecorded(field="field")
    audit.record(session, f"revealed.{body.field}", "staff", staff_id, row.division, reason=body.reason)
    field = staffing.PHONE if body.field == "phone" else staffing.IDENTITY
    return StaffNumber(value=runtime_of(request).keys.decrypt(value, field=field, record=str(staff_id)))

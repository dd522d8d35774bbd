"""Notices 公示 over HTTP: posted, shown as page and paper, objected to, answered."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.registry.procedures.identification import reopening
from services.registry.procedures.notices import page, reading, service
from services.registry.procedures.notices.schemas import (
    AnswerIn,
    Notice,
    NoticeIn,
    NoticeRow,
    Objection,
    ObjectionIn,
    PhotosIn,
)
from shared import documents
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.names.divisions import Division

router = APIRouter(prefix="/notices", tags=["notices"], route_class=UnitRoute)
_PRIVATE = {"Cache-Control": "no-store"}


@router.post("", status_code=201)
async def post_notice(session: Session, body: NoticeIn, response: Response) -> Notice:
    """Post a notice today. Columns that show what is nobody's business are refused. The same again: 200."""
    if not await service.post(session, body):
        response.status_code = 200
    return await reading.one(session, body.id)


@router.post("/photos")
async def add_photos(session: Session, body: ListOf[PhotosIn]) -> Answers:
    """Add photos of where notices hang."""
    return await service.add_photos(session, body.items)


@router.post("/objections")
async def raise_objections(session: Session, body: ListOf[ObjectionIn]) -> Answers:
    """Record objections, with or without a name; a case stops until they are answered."""
    return await reopening.raise_all(session, body.items)


@router.post("/objection-answers")
async def answer_objections(session: Session, body: ListOf[AnswerIn]) -> Answers:
    """Answer objections; what that does to a case its procedure says."""
    return await reopening.answer_all(session, body.items)


@router.get("")
async def notices(
    session: Session, division: Division | None = None, limit: paging.Limit = 100, cursor: paging.Cursor = None
) -> paging.Page[NoticeRow]:
    """Notices by division and id."""
    return await reading.page(session, division, limit, cursor)


@router.get("/{notice_id}")
async def notice(session: Session, notice_id: UUID) -> Notice:
    """A notice as it hangs."""
    return await reading.one(session, notice_id)


@router.get("/{notice_id}/objections")
async def objections(
    session: Session, notice_id: UUID, limit: paging.Limit = 100, cursor: paging.Cursor = None
) -> paging.Page[Objection]:
    """What was said against a notice."""
    return await reading.objections(session, notice_id, limit, cursor)


@router.get("/{notice_id}/page")
async def notice_page(session: Session, notice_id: UUID) -> Response:
    """The notice as a page (text/html)."""
    content = page.html(await reading.one(session, notice_id))
    headers = _PRIVATE | {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return Response(content, media_type="text/html; charset=utf-8", headers=headers)


@router.get("/{notice_id}/pdf")
async def notice_pdf(session: Session, notice_id: UUID) -> Response:
    """The notice as a document to be printed (application/pdf)."""
    content = await documents.pdf(page.TEMPLATE, page.paper(await reading.one(session, notice_id)))
    return Response(content, media_type=documents.MEDIA_TYPE, headers=_PRIVATE)

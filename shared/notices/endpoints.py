"""Notices 公示 over HTTP: posted, shown as page and paper, read with the objections to them."""

from uuid import UUID

from fastapi import APIRouter, Response

from shared import documents
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.names.divisions import Division
from shared.notices import pages, service
from shared.notices.records import Surroundings
from shared.notices.schemas import Notice, NoticeIn, NoticeRow, Objection, PhotosIn

_PRIVATE = {"Cache-Control": "no-store"}


def router(around: Surroundings) -> APIRouter:
    """The endpoints of a service's notices."""
    routes = APIRouter(prefix="/notices", tags=["notices"], route_class=UnitRoute)

    @routes.post("", status_code=201)
    async def post_notice(session: Session, body: NoticeIn, response: Response) -> Notice:
        """Post a list today. Columns that show what is nobody's business are refused. The same again: 200."""
        if not await service.post_list(session, around, body):
            response.status_code = 200
        return await service.read(session, body.id)

    @routes.post("/photos")
    async def add_photos(session: Session, body: ListOf[PhotosIn]) -> Answers:
        """Add photos of where notices hang."""
        return await service.add_photos(session, body.items)

    @routes.get("")
    async def notices(
        session: Session, division: Division | None = None, limit: paging.Limit = 100, cursor: paging.Cursor = None
    ) -> paging.Page[NoticeRow]:
        """Notices by division and id."""
        return await service.page(session, division, limit, cursor)

    @routes.get("/{notice_id}")
    async def notice(session: Session, notice_id: UUID) -> Notice:
        """A notice as it hangs."""
        return await service.read(session, notice_id)

    @routes.get("/{notice_id}/objections")
    async def objections(
        session: Session, notice_id: UUID, limit: paging.Limit = 100, cursor: paging.Cursor = None
    ) -> paging.Page[Objection]:
        """What was said against a notice."""
        return await service.objections(session, notice_id, limit, cursor)

    @routes.get("/{notice_id}/page")
    async def notice_page(session: Session, notice_id: UUID) -> Response:
        """The notice as a page (text/html)."""
        content = pages.html(await service.read(session, notice_id))
        headers = _PRIVATE | {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return Response(content, media_type="text/html; charset=utf-8", headers=headers)

    @routes.get("/{notice_id}/pdf")
    async def notice_pdf(session: Session, notice_id: UUID) -> Response:
        """The notice as a document to be printed (application/pdf)."""
        content = await documents.pdf(pages.TEMPLATE, pages.paper(await service.read(session, notice_id)))
        return Response(content, media_type=documents.MEDIA_TYPE, headers=_PRIVATE)

    return routes

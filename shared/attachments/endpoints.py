"""Photos and scanned papers 附件: send one, read it, see what there is of a household."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from shared.attachments import service
from shared.attachments.schemas import Attachment, Missing
from shared.documents import objects
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.runtime import runtime_of
from shared.http.schemas import Hash
from shared.names.divisions import Division

router = APIRouter(prefix="/attachments", tags=["attachments"], route_class=UnitRoute)


@router.post("", status_code=201)
async def attach(
    session: Session,
    request: Request,
    response: Response,
    household_id: UUID | None = None,
    division: Division | None = None,
) -> Attachment:
    """Keep a JPEG, PNG or PDF (the body, with its Content-Type). The same again is answered 200."""
    runtime = runtime_of(request)
    declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    store = objects.of(runtime.settings, runtime.keys)
    kept, new = await service.keep(session, store, await request.body(), declared, household_id, division)
    response.status_code = 201 if new else 200
    response.headers["Location"] = f"{request.scope['root_path']}/attachments/{kept.sha256}"
    return kept


@router.get("")
async def attachments(
    session: Session,
    household_id: UUID | None = None,
    division: Division | None = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[Attachment]:
    """Attachments by division and id, or those of a household; without their content."""
    return await service.page(session, household_id, division, limit, cursor)


@router.get("/missing")
async def missing(
    session: Session, division: Division | None = None, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[Missing]:
    """Papers that a record names and that never arrived: what an inspection would ask for."""
    return await service.missing(session, division, limit, cursor)


@router.get("/{sha256}", response_class=StreamingResponse)
async def content(session: Session, request: Request, sha256: Hash) -> StreamingResponse:
    """An attachment's content, to be saved and never shown as a page of this platform."""
    runtime = runtime_of(request)
    row = await service.find(session, sha256)
    pieces = await objects.of(runtime.settings, runtime.keys).get(sha256)
    ending = row.media_type.rpartition("/")[2]
    headers = {
        "Content-Length": str(row.size),
        "Content-Disposition": f'attachment; filename="{sha256[:16]}.{ending}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "no-store",
        "ETag": f'"{sha256}"',
    }
    return StreamingResponse(pieces, 200, headers, row.media_type)

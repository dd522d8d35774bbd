"""County archives 县有档案: build one, watch it, take it, verify it."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from services.registry.documents.archives import service
from services.registry.documents.archives.schemas import Accepted, Archive, ArchiveIn, Entry, Verified
from shared.documents import objects
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.runtime import runtime_of
from shared.names.divisions import Division

router = APIRouter(prefix="/archives", tags=["archives"], route_class=UnitRoute)


@router.post("", status_code=202)
async def ask_for(session: Session, request: Request, response: Response, body: ArchiveIn) -> Accepted:
    """Build the archive of a county or town: registers, ledgers, certificates, and an index with hashes."""
    id = await service.ask_for(session, body)
    where = f"{request.scope['root_path']}/jobs/{id}"
    response.headers["Location"] = where
    return Accepted(id=id, job=where)


@router.get("")
async def archives(
    session: Session, division: Division | None = None, limit: paging.Limit = 100, cursor: paging.Cursor = None
) -> paging.Page[Archive]:
    """Archives by division, oldest first."""
    return await service.page(session, division, limit, cursor)


@router.get("/{archive_id}")
async def archive(session: Session, archive_id: UUID) -> Archive:
    """How far an archive is, and its root hash once it is complete."""
    return Archive.model_validate(await service.one(session, archive_id))


@router.get("/{archive_id}/entries")
async def entries(
    session: Session, archive_id: UUID, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[Entry]:
    """The index by path."""
    return await service.index(session, archive_id, limit, cursor)


@router.get("/{archive_id}/content", response_class=StreamingResponse)
async def content(session: Session, request: Request, archive_id: UUID) -> StreamingResponse:
    """The whole archive as a ZIP file, made while it is sent."""
    runtime = runtime_of(request)
    whole, listed = await service.complete(session, archive_id)
    about = {
        **Archive.model_validate(whole).model_dump(
            mode="json", include={"id", "division", "as_of", "known_at", "root"}
        ),
        "entries": [Entry.model_validate(row).model_dump(mode="json") for row in listed],
    }
    pieces = service.packed(about, listed, objects.of(runtime.settings, runtime.keys), whole.known_at)
    headers = {
        "Content-Disposition": f'attachment; filename="archive-{whole.division}-{whole.as_of}.zip"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(pieces, 200, headers, "application/zip")


@router.get("/{archive_id}/verification")
async def verification(session: Session, request: Request, archive_id: UUID) -> Verified:
    """Read every document again and recompute all hashes."""
    runtime = runtime_of(request)
    return await service.verify(session, archive_id, objects.of(runtime.settings, runtime.keys))

"""Imports of register files 批量导入: send the file, watch its job, read what is wrong, get it back marked."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.files import chunks
from services.registry.exchange.imports import queries, service
from services.registry.exchange.imports.schemas import Accepted, ImportState, Mistake
from shared.http import paging, streams
from shared.http.edge import Session, UnitRoute
from shared.http.runtime import runtime_of
from shared.http.streams import StreamRoute

uploads = APIRouter(prefix="/imports", tags=["imports"], route_class=StreamRoute)
router = APIRouter(prefix="/imports", tags=["imports"], route_class=UnitRoute)
MEDIA = {
    "workbook": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("csv", "text/csv; charset=utf-8"),
}


@uploads.post("", status_code=202)
async def start(
    session: Session,
    request: Request,
    response: Response,
    mode: Literal["all_or_nothing", "accept_good"] = "all_or_nothing",
    *,
    preview: bool = False,
    identified_on: Annotated[date | None, Query(description="for lines that do not say it")] = None,
    effective_on: Annotated[date | None, Query(description="from when a household table is true; today")] = None,
    attribute: Annotated[str | None, Query(max_length=20, description="for lines that do not say it")] = None,
) -> Accepted:
    """Import a file (its body: CSV, or an .xlsx workbook) of households: all of it or nothing, or every household
    that is good. A preview checks everything and loads nothing.
    """
    asked: dict[str, Any] = {"mode": mode, "preview": preview}
    given = {"identified_on": identified_on, "attribute": attribute, "effective_on": effective_on}
    body = streams.body_of(request)
    id = await service.start(session, runtime_of(request).keys, body, asked, given)
    return _accepted(request, response, id, id)


@router.post("/{import_id}/loading", status_code=202)
async def load(session: Session, request: Request, response: Response, import_id: UUID) -> Accepted:
    """Load what a preview found good."""
    return _accepted(request, response, import_id, await service.load(session, import_id))


@router.get("/{import_id}")
async def state(session: Session, import_id: UUID) -> ImportState:
    """How an import is going, and what it did."""
    row = (await session.execute(queries.GET, {"id": import_id})).one_or_none()
    if row is None:
        raise service.NoSuchImport(field="import_id")
    return ImportState.model_validate(row)


@router.get("/{import_id}/errors")
async def errors(
    session: Session, import_id: UUID, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[Mistake]:
    """What is wrong in the file, by line and column."""
    await state(session, import_id)
    line, field, rule = paging.decode(cursor, 3) or (0, "", "")
    bound = {"id": import_id, "line": line, "field": field, "rule": rule, "limit": limit + 1}
    found = await session.execute(queries.ERRORS, bound)
    rows = [Mistake.model_validate(row) for row in found]
    last = rows[limit - 1] if len(rows) > limit else None
    return paging.page(rows, limit, [last.line, last.field, last.rule] if last else None)


@router.get("/{import_id}/workbook", response_class=StreamingResponse)
async def workbook(session: Session, request: Request, import_id: UUID) -> StreamingResponse:
    """The file as it was sent, with what is wrong marked and the outcome of each line; for whoever sent it."""
    id, kind = await service.marked(session, import_id)
    return download(request, id, kind, f"import-{import_id}")


def download(request: Request, id: UUID, kind: str, name: str) -> StreamingResponse:
    """A kept file as an answer that is read while it is sent."""
    keys, (ending, media) = runtime_of(request).keys, MEDIA[kind]

    async def piece(session: AsyncSession, position: int) -> bytes | None:
        return next(iter(await chunks.read(session, keys, id, position, 1)), None)

    headers = {
        "Content-Disposition": f'attachment; filename="{name}.{ending}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return StreamingResponse(streams.pieces(request, piece), 200, headers, media)


def _accepted(request: Request, response: Response, id: UUID, job: UUID) -> Accepted:
    where = f"{request.scope['root_path']}/jobs/{job}"
    response.headers["Location"] = where
    return Accepted(id=id, job=where)

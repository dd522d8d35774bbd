"""Exports of the register 导出: ask, release, watch, fetch; every one stays on record."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from services.registry.exchange.exports import queries, service
from services.registry.exchange.exports.schemas import Decision, ExportIn, ExportRow, LayoutRow
from services.registry.exchange.layouts.catalogue import layouts
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.names.divisions import Division
from shared.sheets.endpoints import download

router = APIRouter(tags=["exports"], route_class=UnitRoute)


@router.get("/export-layouts")
async def known_layouts() -> list[LayoutRow]:
    """The layouts in which files come and go, with their columns in order."""
    return [LayoutRow.model_validate(one) for one in layouts().values()]


@router.post("/exports", status_code=202)
async def ask(session: Session, body: ExportIn) -> ExportRow:
    """Export a division in a layout, with a reason. With whole numbers it waits for somebody else's release."""
    return ExportRow.model_validate(await service.ask(session, body))


@router.get("/exports")
async def exports(
    session: Session, division: Division | None = None, limit: paging.Limit = 100, cursor: paging.Cursor = None
) -> paging.Page[ExportRow]:
    """What left the register: who asked, why, who released, how many persons."""
    return await paging.of_division(session, queries.LIST, ExportRow, division=division, limit=limit, cursor=cursor)


@router.get("/exports/{export_id}")
async def export(session: Session, export_id: UUID) -> ExportRow:
    """An export and how far it is."""
    return ExportRow.model_validate(await service.find(session, export_id))


@router.post("/exports/{export_id}/decision")
async def decide(session: Session, export_id: UUID, body: Decision) -> ExportRow:
    """Release or refuse an export with whole numbers: not by who asked for it."""
    return ExportRow.model_validate(await service.decide(session, export_id, body))


@router.get("/exports/{export_id}/file", response_class=StreamingResponse)
async def file(session: Session, request: Request, export_id: UUID) -> StreamingResponse:
    """The file; each download goes on record. One with whole numbers goes to who asked for it only."""
    id, kind = await service.fetch(session, export_id)
    return download(request, id, kind, f"export-{export_id}")

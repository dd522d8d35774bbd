"""Registers on paper and in Excel: 村有册 of a village, 乡有簿 of a town, as of a day and as known at a moment."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime

from services.registry.documents.registers import pages, service
from shared import documents
from shared.http.edge import Session, UnitRoute
from shared.names.divisions import Division

router = APIRouter(prefix="/registers", tags=["registers"], route_class=UnitRoute)
AsOf = Annotated[date | None, Query(description="the day; today if absent")]
KnownAt = Annotated[AwareDatetime | None, Query(description="the moment of knowledge; now if absent")]


@router.get("/pdf", response_class=Response)
async def on_paper(session: Session, division: Division, as_of: AsOf = None, known_at: KnownAt = None) -> Response:
    """The register of a village or town to be printed."""
    table = await service.table(session, division, as_of, known_at)
    return _answer(await pages.pdf(table), f"register-{division}.pdf", documents.MEDIA_TYPE)


@router.get("/xlsx", response_class=Response)
async def in_excel(session: Session, division: Division, as_of: AsOf = None, known_at: KnownAt = None) -> Response:
    """The register of a village or town as a workbook."""
    table = await service.table(session, division, as_of, known_at)
    return _answer(await pages.xlsx(table), f"register-{division}.xlsx", pages.XLSX)


def _answer(content: bytes, name: str, media_type: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, 200, headers, media_type)

"""Registers on paper and in Excel: 村有册 of a village, 乡有簿 of a town, as of a day and as known at a moment."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.documents.registers import pages, service, tables
from services.registry.documents.registers.service import NoRegisterAtThisLevel
from services.registry.register.households.viewers import note_viewers_of_division
from shared import documents
from shared.database.session import caller_of
from shared.http.edge import Session, UnitRoute
from shared.names.divisions import Division, level
from shared.security.access import DivisionForbidden
from shared.time import clock

router = APIRouter(prefix="/registers", tags=["registers"], route_class=UnitRoute)
AsOf = Annotated[date | None, Query(description="the day; today if absent")]
KnownAt = Annotated[AwareDatetime | None, Query(description="the moment of knowledge; now if absent")]
_FORMS = {"village": tables.village_register, "town": tables.township_ledger}


@router.get("/pdf", response_class=Response)
async def on_paper(session: Session, division: Division, as_of: AsOf = None, known_at: KnownAt = None) -> Response:
    """The register of a village or town to be printed."""
    table = await _table(session, division, as_of, known_at)
    return _answer(await pages.pdf(table), f"register-{division}.pdf", documents.MEDIA_TYPE)


@router.get("/xlsx", response_class=Response)
async def in_excel(session: Session, division: Division, as_of: AsOf = None, known_at: KnownAt = None) -> Response:
    """The register of a village or town as a workbook."""
    table = await _table(session, division, as_of, known_at)
    return _answer(await pages.xlsx(table), f"register-{division}.xlsx", pages.XLSX)


async def _table(
    session: AsyncSession, division: str, as_of: date | None, known_at: AwareDatetime | None
) -> tables.Table:
    if not caller_of(session).covers(division):
        raise DivisionForbidden(field="division")
    if (form := _FORMS.get(level(division))) is None:
        raise NoRegisterAtThisLevel(field="division", rule="9 or 12 digits")
    day, moment = as_of or await clock.today(session), known_at or await clock.now(session)
    await note_viewers_of_division(session, "printed", division)
    return form(await service.read(session, division, day, moment))


def _answer(content: bytes, name: str, media_type: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, 200, headers, media_type)

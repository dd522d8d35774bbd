"""Imports of register files 批量导入: send the file, watch it, read what is wrong, get it back marked, release it."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from services.registry.exchange.exports.schemas import Decision
from services.registry.exchange.imports import preview as contents
from services.registry.exchange.imports import release, service
from services.registry.exchange.imports.records import Mode, Options
from services.registry.exchange.imports.schemas import ImportState, NewHousehold
from services.registry.exchange.layouts.records import Given, MonthsAs
from shared.http import paging, streams
from shared.http.edge import Session, UnitRoute
from shared.http.runtime import runtime_of
from shared.http.streams import StreamRoute
from shared.jobs.endpoints import accepted
from shared.jobs.schemas import Accepted
from shared.problems import language_of
from shared.sheets import queries as files
from shared.sheets.endpoints import download
from shared.sheets.records import Mistake

uploads = APIRouter(prefix="/imports", tags=["imports"], route_class=StreamRoute)
router = APIRouter(prefix="/imports", tags=["imports"], route_class=UnitRoute)


def _given(
    identified_on: Annotated[date | None, Query(description="for lines that do not say it")] = None,
    effective_on: Annotated[date | None, Query(description="from when a household table is true; today")] = None,
    attribute: Annotated[str | None, Query(max_length=20, description="for lines that do not say it")] = None,
    months_as: Annotated[
        MonthsAs | None, Query(description="the day that a month (or year) without one counts as: first or last")
    ] = None,
) -> Given:
    return Given(identified_on, effective_on, attribute, months_as)


@uploads.post("", status_code=202)
async def start(
    session: Session,
    request: Request,
    response: Response,
    given: Annotated[Given, Depends(_given)],
    mode: Mode = "all_or_nothing",
    *,
    preview: bool = False,
    first_load: Annotated[bool, Query(description="a county's first load, before any year of it is closed")] = False,
) -> Accepted:
    """Import a file (its body: a workbook, a table as text or a web page) of households: all of it or nothing, or
    every household that is good. It is checked first, and what is new in it waits for another person. A preview is
    only checked.
    """
    options = Options(mode, preview, first_load, language_of(request.headers.get("accept-language")))
    id = await service.start(session, runtime_of(request).keys, streams.body_of(request), options, given)
    return accepted(request, response, id, id)


@router.post("/{import_id}/loading", status_code=202)
async def load(session: Session, import_id: UUID) -> ImportState:
    """Ask for what a preview found new to be loaded: it waits for another person. A household table is loaded."""
    return await service.load(session, import_id)


@router.post("/{import_id}/decision", status_code=202)
async def decide(session: Session, import_id: UUID, body: Decision) -> ImportState:
    """Let an import through, or refuse it: not by whoever sent it or asked for it. What is let through is loaded."""
    return await release.decide(session, import_id, body)


@router.get("/{import_id}")
async def state(session: Session, import_id: UUID) -> ImportState:
    """How an import is going, what it did, who asked for it and who decided, and what it waits for."""
    return await service.state(session, import_id)


@router.get("/{import_id}/errors")
async def errors(
    session: Session, import_id: UUID, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[Mistake]:
    """What is wrong in the file, by line and column."""
    await service.state(session, import_id)
    return await files.mistakes(session, import_id, limit, cursor)


@router.get("/{import_id}/households")
async def households(
    session: Session, request: Request, import_id: UUID, limit: paging.Limit = 100, cursor: paging.Cursor = None
) -> paging.Page[NewHousehold]:
    """What is new in a file that is not loaded yet, household by household: read it, then release it."""
    return await contents.page(session, runtime_of(request).keys, import_id, limit, cursor)


@router.get("/{import_id}/workbook", response_class=StreamingResponse)
async def workbook(session: Session, request: Request, import_id: UUID) -> StreamingResponse:
    """The file as it was sent, with what is wrong marked and the outcome of each line; for whoever sent it."""
    id, kind, encoding = await service.marked(session, import_id)
    return download(request, id, kind, f"import-{import_id}", encoding)

"""Monthly reconciliation 月度核对: a national list beside the register, what differs, decisions, report."""

from datetime import date
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.registry.exchange.layouts.records import Given, MonthsAs
from services.registry.exchange.reconciliations import report, service
from services.registry.exchange.reconciliations.records import Covers, Reconciliation
from services.registry.exchange.reconciliations.schemas import (
    BulkDecision,
    DecisionIn,
    DifferenceRow,
    Filters,
    ReconciliationRow,
    ReconciliationState,
)
from shared.http import paging, streams
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.http.runtime import runtime_of
from shared.http.streams import StreamRoute
from shared.jobs.endpoints import accepted
from shared.jobs.schemas import Accepted
from shared.names.divisions import Division
from shared.names.ids import uuid7
from shared.sheets import queries as files
from shared.sheets.records import Mistake
from shared.time import clock

uploads = APIRouter(prefix="/reconciliations", tags=["reconciliations"], route_class=StreamRoute)
router = APIRouter(prefix="/reconciliations", tags=["reconciliations"], route_class=UnitRoute)
_REPORT = quote("需在国家系统更正的内容.xlsx")
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ListOfDifferences(Filters):
    limit: paging.Limit = 200
    cursor: paging.Cursor = None


def _given(
    identified_on: Annotated[date | None, Query(description="for lines that do not say it; not compared")] = None,
    attribute: Annotated[str | None, Query(max_length=20, description="for lines that do not say it")] = None,
    months_as: Annotated[
        MonthsAs | None, Query(description="the day that a month (or year) without one counts as: first or last")
    ] = "first",
) -> Given:
    return Given(identified_on, None, attribute, months_as)


@uploads.post("", status_code=202)
async def start(
    session: Session,
    request: Request,
    response: Response,
    given: Annotated[Given, Depends(_given)],
    division: Annotated[Division | None, Query(description="the place that the list covers; the caller's")] = None,
    as_of: Annotated[date | None, Query(description="the day of the list; today")] = None,
    covers: Annotated[Covers, Query(description="all households, or only those that are registered as poor")] = "all",
) -> Accepted:
    """Hold a list of the national system (persons or households, as a workbook or text) beside the register.

    Nothing changes before somebody decides.
    """
    place = division or request.state.caller.division
    asked = Reconciliation(uuid7(), place, covers, given, as_of or await clock.today(session))
    id = await service.start(session, runtime_of(request).keys, streams.body_of(request), asked, given)
    return accepted(request, response, id, id)


@router.get("")
async def reconciliations(
    session: Session, division: Division | None = None, limit: paging.Limit = 100, cursor: paging.Cursor = None
) -> paging.Page[ReconciliationRow]:
    """The lists that were compared for a place, and for the offices above it."""
    return await service.page(session, division, limit, cursor)


@router.get("/{reconciliation_id}")
async def state(session: Session, reconciliation_id: UUID) -> ReconciliationState:
    """How far a comparison is, and how much differs of each kind within the caller's division."""
    return await service.state(session, reconciliation_id)


@router.get("/{reconciliation_id}/errors")
async def errors(
    session: Session, reconciliation_id: UUID, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[Mistake]:
    """What could not be read of the list, by line and column: for the office that sent it."""
    await service.state(session, reconciliation_id)
    return await files.mistakes(session, reconciliation_id, limit, cursor)


@router.get("/{reconciliation_id}/differences")
async def differences(
    session: Session, reconciliation_id: UUID, asked: Annotated[ListOfDifferences, Query()]
) -> paging.Page[DifferenceRow]:
    """What differs, household by household, in words, with what is proposed and what was decided."""
    return await service.differences(session, reconciliation_id, asked, asked.limit, asked.cursor)


@router.post("/{reconciliation_id}/decisions")
async def decide(session: Session, request: Request, reconciliation_id: UUID, body: ListOf[DecisionIn]) -> Answers:
    """Decide differences one by one: take the list's word, or keep the register's and tell the national system."""
    return await service.decide(session, runtime_of(request).keys, reconciliation_id, body.items)


@router.post("/{reconciliation_id}/bulk-decisions", status_code=202)
async def decide_many(
    session: Session, request: Request, response: Response, reconciliation_id: UUID, body: BulkDecision
) -> Accepted:
    """Decide all differences of a kind, an item, a village or a proposal at once, in a job."""
    job = await service.decide_many(session, reconciliation_id, body)
    return accepted(request, response, reconciliation_id, job)


@router.get("/{reconciliation_id}/report")
async def told(
    session: Session,
    reconciliation_id: UUID,
    division: Division | None = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[DifferenceRow]:
    """What the national system has to be told: where the register stands."""
    return await report.page(session, reconciliation_id, division, limit, cursor)


@router.get("/{reconciliation_id}/report/workbook", response_class=Response)
async def told_workbook(session: Session, reconciliation_id: UUID, division: Division | None = None) -> Response:
    """The same as a workbook."""
    content = await report.workbook(session, reconciliation_id, division)
    headers = {
        "Content-Disposition": f"attachment; filename=\"report.xlsx\"; filename*=UTF-8''{_REPORT}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(content, 200, headers, _WORKBOOK)

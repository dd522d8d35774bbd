"""Privacy over HTTP: consents, requests to correct, who saw whom, all about a person, what was erased."""

from uuid import UUID

from fastapi import APIRouter, Request

from services.registry.desk.privacy import holdings, jobs, queries, schemas, service
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.http.runtime import runtime_of
from shared.names.divisions import Division
from shared.time import clock

router = APIRouter(tags=["privacy"], route_class=UnitRoute)


@router.post("/consents")
async def consent(session: Session, body: ListOf[schemas.ConsentIn]) -> Answers:
    """Record what persons agreed to, with the signed paper."""
    return await service.give(session, body.items)


@router.post("/consents/withdrawals")
async def withdraw(session: Session, body: ListOf[schemas.WithdrawalIn]) -> Answers:
    """Record that consents were withdrawn."""
    return await service.withdraw(session, body.items)


@router.get("/consents")
async def list_consents(
    session: Session,
    division: Division | None = None,
    person_id: UUID | None = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[schemas.ConsentRow]:
    """Consents, also withdrawn ones, by division; of one person where they are named."""
    statement = queries.CONSENT_LIST_OF if person_id else queries.CONSENT_LIST
    row = schemas.ConsentRow
    return await paging.of_division(
        session, statement, row, division=division, limit=limit, cursor=cursor, person_id=person_id
    )


@router.post("/correction-requests")
async def ask(session: Session, request: Request, body: ListOf[schemas.RequestIn]) -> Answers:
    """Open requests to correct for persons who say that something is wrong."""
    return await service.open_requests(session, runtime_of(request).keys, body.items)


@router.post("/correction-requests/answers")
async def answer(session: Session, body: ListOf[schemas.AnswerIn]) -> Answers:
    """Answer requests, by somebody else than opened them."""
    return await service.answer_requests(session, body.items)


@router.get("/correction-requests")
async def list_requests(
    session: Session,
    division: Division | None = None,
    open: bool = False,  # noqa: FBT001, FBT002 (a query parameter)
    overdue: bool = False,  # noqa: FBT001, FBT002 (a query parameter)
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[schemas.RequestRow]:
    """Requests by division; open ones, or those whose day to be answered has passed."""
    statement = queries.OPEN_LIST if open or overdue else queries.REQUEST_LIST
    due = await clock.today(session) if overdue else None
    row = schemas.RequestRow
    return await paging.of_division(session, statement, row, division=division, limit=limit, cursor=cursor, due=due)


@router.get("/correction-requests/{request_id}")
async def one_request(session: Session, request: Request, request_id: UUID) -> schemas.RequestFull:
    """One request with what is wanted."""
    return await service.request(session, runtime_of(request).keys, request_id)


@router.get("/households/{household_id}/viewers")
async def viewers_of(
    session: Session, household_id: UUID, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[schemas.Viewer]:
    """Who saw a household: reads, lists, numbers revealed, disclosures, in order."""
    return await service.viewers(session, household_id, limit, cursor)


@router.get("/viewers")
async def viewers(
    session: Session, division: Division | None = None, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[schemas.Viewer]:
    """Who saw whom in a division, by division and then in order."""
    by: paging.Order = {"division": "", "entry": 0, "household_id": paging.NIL}
    row = schemas.Viewer
    return await paging.of_division(
        session, queries.VIEWERS, row, division=division, limit=limit, cursor=cursor, by=by
    )


@router.post("/persons/{person_id}/disclosures")
async def disclose(
    session: Session, request: Request, person_id: UUID, body: schemas.DisclosureIn
) -> schemas.Disclosure:
    """All that is held about a person, for that person. Numbers in plain only where asked for; both on record."""
    return await holdings.disclose(session, runtime_of(request).keys, person_id, body)


@router.post("/retentions")
async def erase(session: Session, body: schemas.RetentionIn) -> schemas.Retention:
    """Count what is past its time; without ``dry_run`` a job of the same id erases it."""
    return await jobs.ask(session, body)


@router.get("/erasures")
async def erasures(
    session: Session, division: Division | None = None, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[schemas.ErasureRow]:
    """What was erased, of whom, under which policy."""
    row = schemas.ErasureRow
    return await paging.of_division(session, queries.ERASURES, row, division=division, limit=limit, cursor=cursor)

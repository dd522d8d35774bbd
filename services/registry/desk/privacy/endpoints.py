"""Privacy over HTTP: consents, requests to correct, who saw whom, all about a person, what was erased."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request

from services.registry.desk.privacy import consents, jobs, queries, requests, rules, schemas
from services.registry.desk.privacy import disclose as disclosing
from shared.database.session import caller_of
from shared.households.queries import NoSuchHousehold
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.http.runtime import runtime_of
from shared.names.divisions import Division
from shared.security import audit
from shared.time import clock

router = APIRouter(tags=["privacy"], route_class=UnitRoute)


@router.post("/consents")
async def consent(session: Session, body: ListOf[schemas.ConsentIn]) -> Answers:
    """Record what persons agreed to, with the signed paper."""
    return await consents.give(session, body.items)


@router.post("/consents/withdrawals")
async def withdraw(session: Session, body: ListOf[schemas.WithdrawalIn]) -> Answers:
    """Record that consents were withdrawn."""
    return await consents.withdraw(session, body.items)


@router.get("/consents")
async def list_consents(
    session: Session,
    division: Division | None = None,
    person_id: UUID | None = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[schemas.ConsentRow]:
    """Consents, also withdrawn ones, by division; of one person where he is named."""
    bound = _bound(session, division, limit, cursor) | ({"person_id": person_id} if person_id else {})
    statement = queries.CONSENT_LIST_OF if person_id else queries.CONSENT_LIST
    return await queries.page(session, statement, bound, schemas.ConsentRow, limit)


@router.post("/correction-requests")
async def ask(session: Session, request: Request, body: ListOf[schemas.RequestIn]) -> Answers:
    """Open requests to correct for persons who say that something is wrong."""
    return await requests.open_all(session, runtime_of(request).keys, body.items)


@router.post("/correction-requests/answers")
async def answer(session: Session, body: ListOf[schemas.AnswerIn]) -> Answers:
    """Answer requests, by somebody else than opened them."""
    return await requests.answer_all(session, body.items)


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
    bound = _bound(session, division, limit, cursor)
    if open or overdue:
        bound |= {"due": await clock.today(session) if overdue else None}
    statement = queries.OPEN_LIST if open or overdue else queries.REQUEST_LIST
    return await queries.page(session, statement, bound, schemas.RequestRow, limit)


@router.get("/correction-requests/{request_id}")
async def one_request(session: Session, request: Request, request_id: UUID) -> schemas.RequestFull:
    """One request with what is wanted."""
    row = (await session.execute(queries.ONE_REQUEST, {"id": request_id})).one_or_none()
    if row is None:
        raise rules.NoSuchRequest(field="request_id")
    audit.read(session, "household", row.household_id, row.division)
    wanted = runtime_of(request).keys.decrypt(row.wanted, field=requests.FIELD, record=str(row.id))
    return schemas.RequestFull.model_validate({**row._mapping, "wanted": wanted})  # noqa: SLF001 (public mapping)


@router.get("/households/{household_id}/viewers")
async def viewers_of(
    session: Session, household_id: UUID, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[schemas.Viewer]:
    """Who saw a household: reads, lists, numbers revealed, disclosures, in order."""
    if (await session.execute(queries.HOUSEHOLD, {"id": household_id})).one_or_none() is None:
        raise NoSuchHousehold(field="household_id")
    after = paging.decode(cursor, 1) or [0]
    bound = {"household_id": household_id, "object_id": str(household_id), "entry": after[0], "limit": limit + 1}
    rows = [schemas.Viewer.model_validate(row) for row in await session.execute(queries.VIEWERS_OF, bound)]
    return paging.page(rows, limit, [rows[limit - 1].entry] if len(rows) > limit else None)


@router.get("/viewers")
async def viewers(
    session: Session, division: Division | None = None, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[schemas.Viewer]:
    """Who saw whom in a division, by division and then in order."""
    prefix = division or caller_of(session).division
    after = paging.decode(cursor, 3) or ["", 0, paging.FIRST[1]]
    bound = dict(zip(("division", "entry", "id"), after, strict=True))
    bound |= {"low": prefix, "high": prefix + ":", "limit": limit + 1}
    rows = [schemas.Viewer.model_validate(row) for row in await session.execute(queries.VIEWERS, bound)]
    last = rows[limit - 1] if len(rows) > limit else None
    return paging.page(rows, limit, [last.division, last.entry, str(last.household_id)] if last else None)


@router.post("/persons/{person_id}/disclosures")
async def disclose(
    session: Session, request: Request, person_id: UUID, body: schemas.DisclosureIn
) -> schemas.Disclosure:
    """All that is held about a person, for that person. Numbers in plain only where asked for; both on record."""
    return await disclosing.disclose(session, runtime_of(request).keys, person_id, body)


@router.post("/retentions")
async def erase(session: Session, body: schemas.RetentionIn) -> schemas.Retention:
    """Count what is past its time; without ``dry_run`` a job of the same id erases it."""
    return await jobs.ask(session, body)


@router.get("/erasures")
async def erasures(
    session: Session, division: Division | None = None, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[schemas.ErasureRow]:
    """What was erased, of whom, under which policy."""
    bound = _bound(session, division, limit, cursor)
    return await queries.page(session, queries.ERASURES, bound, schemas.ErasureRow, limit)


def _bound(session: Session, division: str | None, limit: int, cursor: str | None) -> dict[str, Any]:
    prefix = division or caller_of(session).division
    after = paging.decode(cursor, 2) or paging.FIRST
    return {"low": prefix, "high": prefix + ":", "division": after[0], "id": after[1], "limit": limit + 1}

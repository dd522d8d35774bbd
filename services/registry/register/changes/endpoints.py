"""Changes to the register over HTTP: recorded, or asked for by one person and released by another."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.registry.register.changes import ask, queries, release, requests, rules, service
from services.registry.register.changes.conflicts import LaterChanges
from services.registry.register.changes.schemas import (
    Asked,
    ChangeAnswers,
    ChangeIn,
    ChangeRow,
    ProposedRelation,
    ReleaseIn,
    RequestDetail,
    RequestRow,
    RequestStatus,
)
from services.registry.register.changes.succession import RelationsNeeded
from services.registry.register.households.names import household_names
from services.registry.register.households.schemas import HouseholdIn, Registered
from shared.households.schemas import told
from shared.http import paging
from shared.http.edge import Session, UnitRoute, caller_json
from shared.http.hot import HotRoute
from shared.http.items import Answers, ListOf
from shared.http.runtime import runtime_of
from shared.names.divisions import Division
from shared.problems import TYPE_PREFIX

registrations = APIRouter(prefix="/households", tags=["households"], route_class=HotRoute)
households = APIRouter(prefix="/households", tags=["households"], route_class=UnitRoute)
router = APIRouter(prefix="/changes", tags=["changes"], route_class=UnitRoute)
_NAMING = {TYPE_PREFIX + one.slug for one in (rules.StillLiving, LaterChanges, RelationsNeeded)}
_NAMES = "GET /households/{household_id}"  # who may call it may see who lives in a household


@registrations.post("", status_code=202, response_model=Asked, responses={200: {"model": Registered}})
async def register_household(request: Request, body: HouseholdIn) -> Response:
    """Ask for a household with its members to be registered; another person releases it (POST /changes/releases).

    The same again answers the same request, or 200 once it is registered; the id with other facts is 409.
    """
    runtime, state = runtime_of(request), request.state
    asked = await ask.ask_registration(
        runtime.database, runtime.keys, state.caller, caller_json(request), state.claim, body
    )
    headers = {"ETag": f'"{asked.version}"'} if asked.version else {}
    headers |= {"Idempotency-Replayed": "true"} if asked.replayed else {}
    return Response(asked.body, asked.status, headers, "application/json")


@households.get("/{household_id}/succession/{successor_id}")
async def succession(
    session: Session, household_id: UUID, successor_id: UUID, *, head_stays: bool = False
) -> list[ProposedRelation]:
    """How everybody would be related to a new head, where the old one is gone, or hands over and stays."""
    return await service.succession_of(session, household_id, successor_id, head_stays=head_stays)


@router.post("")
async def record(session: Session, request: Request, body: ListOf[ChangeIn]) -> ChangeAnswers:
    """Members added or left, splits, merges, moves: made at once. Removals, restorations, returns and entries wait
    until another person releases them. Each is answered by itself.
    """
    answers = await ask.record(session, runtime_of(request).keys, body.items, named=_named(request))
    return await requests.with_what_stays_ended(session, _answered(request, answers))


@router.get("")
async def changes(
    session: Session, division: Division | None = None, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[ChangeRow]:
    """Every change within a division, by division and day."""
    by: paging.Order = {"division": "", "effective_on": "0001-01-01", "id": paging.NIL}
    page = await paging.of_division(
        session, queries.PAGE, ChangeRow, division=division, limit=limit, cursor=cursor, by=by
    )
    return await told(session, page, lambda row: row.household_id, household_names)


@router.post("/releases")
async def release_requests(session: Session, request: Request, body: ListOf[ReleaseIn]) -> ChangeAnswers:
    """Let through or refuse what somebody else has asked for; what is let through is made at once."""
    keys = runtime_of(request).keys
    answers = await release.release(session, keys, body.items, named=_named(request))
    return await requests.with_what_stays_ended(session, _answered(request, answers))


@router.get("/requests")
async def list_requests(
    session: Session,
    division: Division | None = None,
    status: RequestStatus | None = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[RequestRow]:
    """Households that were asked to enter, to be taken off or to come back directly, by division and id."""
    return await requests.page(session, division, status, limit, cursor)


@router.get("/requests/{request_id}")
async def read_request(session: Session, request: Request, request_id: UUID) -> RequestDetail:
    """What a request says, numbers masked: for whoever is to release it."""
    return await requests.detail(session, runtime_of(request).keys, request_id)


def _named(request: Request) -> bool:
    """Whether the caller may see who lives in a household."""
    return bool(runtime_of(request).matrix[_NAMES].roles & request.state.caller.roles)


def _answered(request: Request, answers: Answers) -> Answers:
    """An answer that names people is not kept under its key."""
    if any(answer.problem and answer.problem.type in _NAMING for answer in answers.items):
        request.state.kept = False
    return answers

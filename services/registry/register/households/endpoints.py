"""Households over HTTP: one by one, in lists, corrected; persons found by their number, numbers revealed.

How a household enters (``POST /households``) stands in ``changes``: one person asks, another releases.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic_core import to_json

from services.registry.register.households import correct, members, service
from services.registry.register.households.schemas import (
    Filters,
    Found,
    HouseholdPatch,
    HouseholdRow,
    MemberPatch,
    Numbers,
    Registered,
    Reveal,
    Revealed,
)
from shared.http import paging
from shared.http.edge import Session, UnitRoute, caller_json
from shared.http.hot import HotRoute
from shared.http.runtime import runtime_of
from shared.http.schemas import IfMatch

hot = APIRouter(prefix="/households", tags=["households"], route_class=HotRoute)
lookups = APIRouter(prefix="/lookups", tags=["households"], route_class=HotRoute)
router = APIRouter(prefix="/households", tags=["households"], route_class=UnitRoute)
_JSON = "application/json"


class ListOfHouseholds(Filters):
    limit: paging.Limit = 100
    cursor: paging.Cursor = None


@hot.get("/{household_id}")
async def read_household(request: Request, household_id: UUID) -> Response:
    """A household with its members; numbers masked. The ETag is what an update sends in If-Match."""
    database, caller = runtime_of(request).database, request.state.caller
    version, body = await service.read(database, caller, caller_json(request), household_id)
    return Response(body, 200, {"ETag": f'"{version}"', "Cache-Control": "no-store"}, _JSON)


@lookups.post("", response_model=list[Found])
async def look_up(request: Request, body: Numbers) -> Response:
    """Persons by identity number: one statement for up to a thousand, one line in the audit record."""
    runtime, caller = runtime_of(request), request.state.caller
    found = await service.look_up(runtime.database, runtime.keys, caller, caller_json(request), body.numbers)
    return Response(to_json(found), media_type=_JSON)


@router.get("")
async def list_households(session: Session, asked: Annotated[ListOfHouseholds, Query()]) -> paging.Page[HouseholdRow]:
    """Households as they are now, by division and id, narrowed by whatever is given."""
    return await service.page(session, asked, asked.limit, asked.cursor)


@router.post("/{household_id}/reveals")
async def reveal(session: Session, request: Request, household_id: UUID, body: Reveal) -> Revealed:
    """Show a number in plain. Who, whose, which and why stay on record."""
    return await service.reveal(session, runtime_of(request).keys, household_id, body)


@router.patch("/{household_id}")
async def patch_household(
    session: Session,
    request: Request,
    household_id: UUID,
    body: HouseholdPatch,
    response: Response,
    if_match: IfMatch = None,
) -> Registered:
    """Correct facts of a household from a day on, or by what it is known; what was believed before is kept."""
    keys = runtime_of(request).keys
    patched = await correct.correct_household(session, keys, household_id, body, if_match)
    response.headers["ETag"] = f'"{patched.version}"'
    return patched


@router.patch("/{household_id}/members/{person_id}")
async def patch_member(
    session: Session,
    request: Request,
    household_id: UUID,
    person_id: UUID,
    body: MemberPatch,
    response: Response,
    if_match: IfMatch = None,
) -> Registered:
    """Correct facts of a member, or who they are, from a day on; ETag and If-Match are the household's."""
    keys = runtime_of(request).keys
    patched = await members.correct_member(session, keys, household_id, person_id, body, if_match)
    response.headers["ETag"] = f'"{patched.version}"'
    return patched

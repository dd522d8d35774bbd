"""Households over HTTP: one by one, in lists, corrected."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response

from services.registry.register.households import correcting, listing, patching, reading, register
from services.registry.register.households.filters import Filters
from services.registry.register.households.schemas import (
    HouseholdIn,
    HouseholdPatch,
    HouseholdRow,
    MemberPatch,
    Registered,
)
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.hot import HotRoute
from shared.http.runtime import runtime_of

hot = APIRouter(prefix="/households", tags=["households"], route_class=HotRoute)
router = APIRouter(prefix="/households", tags=["households"], route_class=UnitRoute)


class ListOfHouseholds(Filters):
    limit: paging.Limit = 100
    cursor: paging.Cursor = None


@hot.post("", status_code=201, response_model=Registered)
async def register_household(request: Request, body: HouseholdIn) -> Response:
    """Register a household with its members. The same again is answered 200, the id with other facts 409."""
    return await register.one(request, body)


@hot.get("/{household_id}")
async def read_household(request: Request, household_id: UUID) -> Response:
    """A household with its members; numbers masked. The ETag is what an update sends in If-Match."""
    return await reading.one(request, household_id)


@router.get("")
async def list_households(session: Session, asked: Annotated[ListOfHouseholds, Query()]) -> paging.Page[HouseholdRow]:
    """Households as they are now, by division and id, narrowed by whatever is given."""
    return await listing.page(session, asked, asked.limit, asked.cursor)


@router.patch("/{household_id}")
async def patch_household(
    session: Session,
    household_id: UUID,
    body: HouseholdPatch,
    response: Response,
    if_match: Annotated[str | None, Header(max_length=40)] = None,
) -> Registered:
    """Correct facts of a household from a day on; what was believed before stays on record."""
    patched = await patching.patch(session, household_id, body, if_match)
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
    if_match: Annotated[str | None, Header(max_length=40)] = None,
) -> Registered:
    """Correct facts of a member, or who he is, from a day on; ETag and If-Match are the household's."""
    patched = await correcting.patch(session, runtime_of(request).keys, household_id, person_id, body, if_match)
    response.headers["ETag"] = f'"{patched.version}"'
    return patched

"""The seven clear 七清: of a household, in shares by division, and as a list of what is still to be done."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter

from services.registry.assistance.seven_clear import service
from services.registry.assistance.seven_clear.schemas import HouseholdClear, Share, WorkRow
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.names.divisions import Division

router = APIRouter(tags=["seven-clear"], route_class=UnitRoute)
_WIDTHS = {"county": 6, "town": 9, "village": 12}


@router.get("/households/{household_id}/seven-clear")
async def of_household(session: Session, household_id: UUID) -> HouseholdClear:
    """Which of the seven are complete for a household, and what is missing."""
    return await service.of_household(session, household_id)


@router.get("/seven-clear")
async def shares(
    session: Session,
    division: Division | None = None,
    by: Literal["county", "town", "village"] = "village",
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[Share]:
    """How many households have each of the seven complete, by division."""
    return await service.shares(session, division, _WIDTHS[by], limit, cursor)


@router.get("/seven-clear/worklist")
async def worklist(
    session: Session,
    division: Division | None = None,
    staff_id: UUID | None = None,
    mine: bool = False,  # noqa: FBT001, FBT002 (a flag of the address)
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[WorkRow]:
    """Households of which something is missing: of a division, of one helper, or of the households that I help."""
    return await service.worklist(
        session, division=division, staff_id=staff_id, mine=mine, limit=limit, cursor=cursor
    )

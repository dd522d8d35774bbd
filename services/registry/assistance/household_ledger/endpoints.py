"""One ledger a household 一本台账: why it is poor, what is planned, what every service did for it."""

from uuid import UUID

from fastapi import APIRouter

from services.registry.assistance.household_ledger import queries
from services.registry.assistance.household_ledger.schemas import HouseholdLedger
from shared.households.queries import NoSuchHousehold
from shared.http.edge import Session, UnitRoute
from shared.security import audit

router = APIRouter(prefix="/households", tags=["household ledger"], route_class=UnitRoute)


@router.get("/{household_id}/ledger")
async def ledger(session: Session, household_id: UUID) -> HouseholdLedger:
    """What is planned for a household and what was done for it, in the order of days."""
    found = await queries.read(session, household_id)
    if found is None:
        raise NoSuchHousehold(field="household_id")
    division, shown = found
    audit.read(session, "household", household_id, division)
    return shown

"""What projects brought, accepted on the spot by somebody else than their proposer 验收."""

from fastapi import APIRouter

from services.projects.deliveries import service
from services.projects.deliveries.schemas import DeliveryIn
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf

router = APIRouter(prefix="/projects", tags=["deliveries"], route_class=UnitRoute)


@router.post("/deliveries")
async def deliver(session: Session, body: ListOf[DeliveryIn]) -> Answers:
    """Accept outputs of funded projects; a project with all of them is delivered."""
    return await service.deliver(session, body.items)

"""Which registered households take part in a project."""

from fastapi import APIRouter

from services.projects.participations import service
from services.projects.participations.schemas import ParticipationIn
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf

router = APIRouter(prefix="/projects", tags=["participations"], route_class=UnitRoute)


@router.post("/participations")
async def take_part(session: Session, body: ListOf[ParticipationIn]) -> Answers:
    """Record households that take part."""
    return await service.take_part(session, body.items)

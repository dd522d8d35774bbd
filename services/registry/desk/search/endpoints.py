"""Finding over HTTP. A read, sent as POST because its terms are personal."""

from fastapi import APIRouter, Request

from services.registry.desk.search import service
from services.registry.desk.search.schemas import Hits, SearchIn
from shared.http.edge import Session, UnitRoute
from shared.http.runtime import runtime_of

router = APIRouter(prefix="/searches", tags=["search"], route_class=UnitRoute)


@router.post("")
async def search(session: Session, request: Request, body: SearchIn) -> Hits:
    """Persons by name, part of a name, pinyin, initials, number or phone; households by what they are."""
    return await service.find(session, runtime_of(request).keys, body)

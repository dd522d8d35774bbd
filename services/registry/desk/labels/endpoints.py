"""Labels over HTTP."""

from uuid import UUID

from fastapi import APIRouter

from services.registry.desk.labels import queries, service
from services.registry.desk.labels.schemas import Label, LabelIn, LabelRow
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.names.divisions import Division

router = APIRouter(prefix="/labels", tags=["labels"], route_class=UnitRoute)


@router.post("")
async def label(session: Session, body: ListOf[LabelIn]) -> Answers:
    """Give labels to households and take them away, each item by itself."""
    return await service.decide(session, body.items)


@router.get("")
async def labels(
    session: Session,
    division: Division | None = None,
    label: Label = None,
    household_id: UUID | None = None,
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[LabelRow]:
    """Labels by division and household: all that ever were, of one household, or who carries a label now."""
    return await queries.page(
        session, division=division, label=label, household_id=household_id, limit=limit, cursor=cursor
    )

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
_FIRST = ["", *[paging.FIRST[1]] * 2]


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
    prefix = division or session.info["caller"].division
    after = paging.decode(cursor, 3) or _FIRST
    statement = queries.OF_HOUSEHOLD if household_id else queries.LIST_OF if label else queries.LIST
    bound = {"low": prefix, "high": prefix + ":", "household_id": household_id, "label": label, "limit": limit + 1}
    bound |= dict(zip(("division", "household", "id"), after, strict=True))
    wanted = {name: bound[name] for name in bound if f":{name}" in statement.text}
    rows = [LabelRow.model_validate(row) for row in await session.execute(statement, wanted)]
    last = rows[limit - 1] if len(rows) > limit else None
    return paging.page(rows, limit, [last.division, str(last.household_id), str(last.id)] if last else None)

"""Changes to the register over HTTP."""

from fastapi import APIRouter, Request

from services.registry.register.changes import queries, service
from services.registry.register.changes.schemas import ChangeIn, ChangeRow
from shared.database.session import reach
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.http.runtime import runtime_of
from shared.names.divisions import Division

router = APIRouter(prefix="/changes", tags=["changes"], route_class=UnitRoute)


@router.post("")
async def decide(session: Session, request: Request, body: ListOf[ChangeIn]) -> Answers:
    """Removals, restorations, new entries, members added or left: each accepted or refused by itself."""
    return await service.decide(session, runtime_of(request).keys, body.items)


@router.get("")
async def changes(
    session: Session, division: Division | None = None, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[ChangeRow]:
    """Every change within a division, by division and day."""
    after = paging.decode(cursor, 3) or ("", "0001-01-01", "00000000-0000-0000-0000-000000000000")
    bound = dict(zip(("division", "day", "id"), after, strict=True))
    found = await session.execute(queries.PAGE, bound | reach(session, division) | {"limit": limit + 1})
    rows = [ChangeRow.model_validate(row) for row in found]
    last = rows[limit - 1] if len(rows) > limit else None
    position = [last.division, last.effective_on.isoformat(), str(last.id)] if last else None
    return paging.page(rows, limit, position)

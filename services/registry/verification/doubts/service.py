"""Lists of doubts: by division, and as the work list of a desk with what is overdue first."""

from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.doubts import queries, rules
from services.registry.verification.doubts.schemas import DoubtDetail, DoubtRow, StepOut
from shared.database.session import caller_of
from shared.http import paging
from shared.names.divisions import level, within
from shared.security import audit
from shared.time import clock

Desk = Literal["county", "town", "village"]


async def page(
    session: AsyncSession,
    division: str | None,
    *,
    status: str | None,
    rule: str | None,
    source: str | None,
    household: UUID | None,
    limit: int,
    cursor: str | None,
) -> paging.Page[DoubtRow]:
    """Doubts, open and closed, by division."""
    return await paging.of_division(
        session,
        queries.LIST,
        DoubtRow,
        division=division,
        limit=limit,
        cursor=cursor,
        status=status,
        rule=rule,
        source=source,
        household=household,
    )


async def work(
    session: AsyncSession, division: str | None, desk: Desk | None, *, overdue: bool, limit: int, cursor: str | None
) -> paging.Page[DoubtRow]:
    """What lies on a desk (by default that of the caller's level), the longest overdue first. Raises CountyNeeded."""
    prefix = division or caller_of(session).division
    if level(prefix) in ("province", "city"):
        raise rules.CountyNeeded(field="division", rule="six digits or more")
    after = paging.decode(cursor, 2) or ["0001-01-01", paging.FIRST[1]]
    bound = {
        "county": prefix[:6],
        "desk": desk or level(prefix),
        "before": await clock.today(session) if overdue else date.max,
        **within(prefix),
        "due_on": str(after[0]),
        "id": str(after[1]),
    }
    rows = [DoubtRow.model_validate(row) for row in await session.execute(queries.WORK, bound | {"limit": limit + 1})]
    last = rows[limit - 1] if len(rows) > limit else None
    return paging.page(rows, limit, [last.due_on, str(last.id)] if last else None)


async def detail(session: AsyncSession, id: UUID) -> DoubtDetail:
    """One doubt with evidence and story; that somebody saw it is noted. Raises NoSuchDoubt."""
    row = (await session.execute(queries.GET, {"id": id})).mappings().one_or_none()
    if row is None:
        raise rules.NoSuchDoubt(field="doubt_id")
    audit.read(session, "doubt", id, row["division"])
    if row["household_id"]:
        audit.read(session, "household", row["household_id"], row["division"], reason=f"doubt {id}")
    steps = [StepOut.model_validate(step) for step in await session.execute(queries.STEPS, {"id": id})]
    return DoubtDetail.model_validate({**row, "steps": steps})

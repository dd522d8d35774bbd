"""The seven clear 七清: of a household, in shares by division, and as a list of what is still to be done."""

import json
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.seven_clear import queries, rules
from services.registry.assistance.seven_clear.rules import NotOnRegister
from services.registry.assistance.seven_clear.schemas import HouseholdClear, Share, WorkRow
from shared import policy
from shared.database.session import caller_of
from shared.households.queries import NoSuchHousehold
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.names.divisions import Division
from shared.policy import Policy
from shared.security import audit
from shared.time import clock

router = APIRouter(tags=["seven-clear"], route_class=UnitRoute)


_WIDTHS = {"county": 6, "town": 9, "village": 12}


@router.get("/households/{household_id}/seven-clear")
async def of_household(session: Session, household_id: UUID) -> HouseholdClear:
    """Which of the seven are complete for a household, and what is missing."""
    checklist, bound = await _asked(session, caller_of(session).division)
    row = (await session.execute(queries.ONE, bound | {"household_id": household_id})).one_or_none()
    if row is None:
        if (await session.execute(queries.KNOWN, {"household_id": household_id})).scalar():
            raise NotOnRegister(field="household_id", rule="registered or exited")
        raise NoSuchHousehold(field="household_id")
    audit.read(session, "household", household_id, row.division)
    clears = rules.clears(checklist.value, row.gaps)
    return HouseholdClear(
        household_id=row.id,
        division=row.division,
        number=row.number,
        status=row.status,
        complete=sum(one.complete for one in clears),
        policy=checklist.reference(),
        clears=clears,
    )


@router.get("/seven-clear")
async def shares(
    session: Session,
    division: Division | None = None,
    by: Literal["county", "town", "village"] = "village",
    limit: paging.Limit = 200,
    cursor: paging.Cursor = None,
) -> paging.Page[Share]:
    """How many households have each of the seven complete, by division."""
    prefix = division or caller_of(session).division
    _, bound = await _asked(session, prefix)
    (after,) = paging.decode(cursor, 1) or [""]
    found = await session.execute(
        queries.SHARES,
        bound | {"low": prefix, "high": prefix + ":", "width": _WIDTHS[by], "after": after, "limit": limit + 1},
    )
    rows = [Share.model_validate(row) for row in found]
    return paging.page(rows, limit, [rows[limit - 1].division] if len(rows) > limit else None)


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
    prefix = division or caller_of(session).division
    checklist, bound = await _asked(session, prefix)
    after, id = paging.decode(cursor, 2) or paging.FIRST
    bound |= {"low": prefix, "high": prefix + ":", "division": after, "id": id, "limit": limit + 1}
    if mine or staff_id:
        who = {"staff_id": staff_id, "subject": caller_of(session).subject if mine else None}
        found = list(await session.execute(queries.WORK_OF, bound | who))
    else:
        found = list(await session.execute(queries.WORK, bound))
    last = found[limit - 1] if len(found) > limit else None
    return paging.page(
        [_work(checklist, row) for row in found], limit, [last.division, str(last.id)] if last else None
    )


def _work(checklist: Policy, row: Any) -> WorkRow:
    left = [one for one in rules.clears(checklist.value, row.gaps) if not one.complete]
    return WorkRow(household_id=row.id, division=row.division, number=row.number, status=row.status, open=left)


async def _asked(session: AsyncSession, division: str) -> tuple[Policy, dict[str, Any]]:
    """The checklist in force, and what the queries are given of it."""
    today = await clock.today(session)
    checklist = await policy.resolve(session, "clear.checklist", division, today)
    unclear = await policy.resolve(session, "clear.unclear_causes", division, today)
    return checklist, {"checklist": json.dumps(checklist.value, ensure_ascii=False), "unclear": unclear.value}

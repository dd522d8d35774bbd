"""Record divisions, rename them, and write what a plan does to the list of divisions."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.contracts import DIVISION, DivisionState
from services.registry.register.divisions import queries, rules
from services.registry.register.divisions.rules import Plan
from services.registry.register.divisions.schemas import DivisionAnswer, DivisionIn, RenameIn
from shared.database.session import caller_of
from shared.events import outbox
from shared.names.ids import uuid7
from shared.security import audit
from shared.security.access import DivisionForbidden


async def record(session: AsyncSession, item: DivisionIn) -> DivisionAnswer:
    """Record one division; a code and day that are recorded already are left as they are."""
    values = item.model_dump() | {"actor": caller_of(session).subject}
    if (await session.execute(queries.RECORD, values)).scalar() is None:
        return DivisionAnswer(code=item.code, status="unchanged")
    state = DivisionState(code=item.code, name=item.name, valid_from=item.valid_from, valid_to=item.valid_to)
    outbox.publish(session, DIVISION, "recorded", state, key=item.code, sequence=1, subject=uuid7())
    audit.record(session, "division.recorded", "division", item.code, item.code, after={"name": item.name})
    return DivisionAnswer(code=item.code, status="accepted")


async def names(session: AsyncSession, county: str, day: date) -> dict[str, str]:
    """The divisions of a county as they are right before a day."""
    bound = {"low": county, "high": county + ":", "day": day}
    return {row.code: row.name for row in await session.execute(queries.BEFORE, bound)}


async def rename(session: AsyncSession, body: RenameIn) -> DivisionIn:
    """Another name from a day on; the old one stays that of the days before. Raises NoSuchDivision, NameSame."""
    if not caller_of(session).covers(body.code):
        raise DivisionForbidden(field="code")
    known = await names(session, body.code, body.valid_from)
    if body.code not in known:
        raise rules.NoSuchDivision(field="code", code=body.code)
    if known[body.code] == body.name:
        raise rules.NameSame(field="name", rule="another name")
    plan = Plan("renamed", renames={body.code: body.name})
    await write(session, plan, body.valid_from, uuid7())
    audit.record(
        session,
        "division.renamed",
        "division",
        body.code,
        body.code,
        before={"name": known[body.code]},
        after={"name": body.name, "valid_from": body.valid_from.isoformat()},
        reason=body.ground,
    )
    return DivisionIn(code=body.code, name=body.name, valid_from=body.valid_from)


async def write(session: AsyncSession, plan: Plan, day: date, id: UUID) -> None:
    """End, begin and rename divisions as a plan says, and tell of it. Raises DivisionChangesLater."""
    later = (await session.execute(queries.LATER, {"codes": sorted(plan.concerned), "day": day})).scalar()
    if later is not None:
        raise rules.DivisionChangesLater(field="day", rule="the last change", code=later)
    actor, new = caller_of(session).subject, plan.begins | plan.renames
    ended = sorted(plan.ends | plan.renames.keys())
    await session.execute(queries.END, {"codes": ended, "day": day})
    bound: dict[str, Any] = {"codes": list(new), "names": list(new.values()), "from": ended}
    await session.execute(queries.BEGIN, bound | {"day": day, "actor": actor})
    if plan.lines:
        lines = {
            "from": [line[0] for line in plan.lines],
            "to": [line[1] for line in plan.lines],
            "whole": [plan.moves.get(line[0]) == line[1] for line in plan.lines],
        }
        await session.execute(queries.LINES, lines | {"id": id, "day": day, "kind": plan.kind, "actor": actor})
    await _tell(session, plan, day)


async def _tell(session: AsyncSession, plan: Plan, day: date) -> None:
    """An event for each division that began, ended or has another name; its sequence grows with each."""
    successors: dict[str, list[str]] = {}
    for source, target in plan.lines:
        successors.setdefault(source, []).append(target)
    for row in await session.execute(queries.ROWS, {"codes": sorted(plan.concerned)}):
        began, ends = row.valid_from == day, row.valid_to == day and row.code in plan.ends
        if not began and not ends:
            continue
        verb = plan.kind if ends else "renamed" if row.code in plan.renames else "recorded"
        state = DivisionState(
            code=row.code,
            name=row.name,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            successors=successors.get(row.code, []) if ends else [],
        )
        outbox.publish(session, DIVISION, verb, state, key=row.code, sequence=2 * row.number - began, subject=uuid7())

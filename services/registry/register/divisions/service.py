"""Record divisions, rename them, and write what a plan does to the list of divisions."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.contracts import DIVISION, DivisionState
from services.registry.register.divisions import queries, rules
from services.registry.register.divisions.rules import Plan
from services.registry.register.divisions.schemas import (
    DivisionAnswer,
    DivisionAnswers,
    DivisionIn,
    Line,
    Lineage,
    RenameIn,
)
from shared.database.session import caller_of
from shared.events import outbox
from shared.http import paging
from shared.names.ids import uuid7
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.words import Digits


async def record(session: AsyncSession, items: list[DivisionIn]) -> DivisionAnswers:
    """Record divisions within the caller's own. Raises DivisionForbidden."""
    for position, item in enumerate(items):
        if not caller_of(session).covers(item.code):
            raise DivisionForbidden(field=f"items[{position}].code")
    return DivisionAnswers(items=[await _record(session, item) for item in items])


async def _record(session: AsyncSession, item: DivisionIn) -> DivisionAnswer:
    """Record one division; a code and day that are recorded already are left as they are."""
    values = item.model_dump() | {"actor": caller_of(session).subject}
    if (await session.execute(queries.RECORD, values)).scalar() is None:
        return DivisionAnswer(code=item.code, status="unchanged")
    state = DivisionState(code=item.code, name=item.name, valid_from=item.valid_from, valid_to=item.valid_to)
    outbox.publish(session, DIVISION, "recorded", state, key=item.code, sequence=1, subject=uuid7())
    audit.record(session, "division.recorded", "division", item.code, item.code, after={"name": item.name})
    return DivisionAnswer(code=item.code, status="accepted")


async def page(
    session: AsyncSession, prefix: str | None, on: date | None, limit: int, cursor: str | None
) -> paging.Page[DivisionIn]:
    """Divisions by code; they are public."""
    code, day = paging.decode(cursor, 2) or ("", "0001-01-01")
    found = await queries.page(session, prefix or "", (code, day), on, limit + 1)
    rows = [DivisionIn.model_validate(row) for row in found]
    return paging.page(rows, limit, lambda last: [last.code, last.valid_from])


async def lineage(session: AsyncSession, code: str) -> Lineage:
    """What a division came out of, and what became of it; public."""
    lines = [Line.model_validate(row) for row in await queries.lineage(session, code)]
    return Lineage(
        code=code,
        predecessors=[line for line in lines if line.to_code == code],
        successors=[line for line in lines if line.from_code == code],
    )


async def rename(session: AsyncSession, body: RenameIn) -> DivisionIn:
    """Another name from a day on; the old one stays that of the days before. Raises NoSuchDivision, NameSame."""
    if not caller_of(session).covers(body.code):
        raise DivisionForbidden(field="code")
    known = await queries.names_before(session, body.code, body.valid_from)
    if body.code not in known:
        raise rules.NoSuchDivision(field="code", code=Digits(body.code))
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
    """End, begin and rename divisions as a plan says, and publish it. Raises DivisionChangesLater."""
    later = await queries.changed_later(session, plan.concerned, day)
    if later is not None:
        raise rules.DivisionChangesLater(field="day", rule="the last change", code=Digits(later))
    actor, new = caller_of(session).subject, plan.begins | plan.renames
    ended = sorted(plan.ends | plan.renames.keys())
    await session.execute(queries.END, {"codes": ended, "day": day})
    bound: dict[str, object] = {"codes": list(new), "names": list(new.values()), "from": ended}
    await session.execute(queries.BEGIN, bound | {"day": day, "actor": actor})
    if plan.lines:
        lines = {
            "from": [line[0] for line in plan.lines],
            "to": [line[1] for line in plan.lines],
            "whole": [plan.moves.get(line[0]) == line[1] for line in plan.lines],
        }
        await session.execute(queries.LINES, lines | {"id": id, "day": day, "kind": plan.kind, "actor": actor})
    await _publish(session, plan, day)


async def _publish(session: AsyncSession, plan: Plan, day: date) -> None:
    """An event for each division that began, ended or has another name; its sequence grows with each."""
    successors: dict[str, list[str]] = {}
    for source, target in plan.lines:
        successors.setdefault(source, []).append(target)
    for row, number in await queries.stretches(session, plan.concerned):
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
        outbox.publish(session, DIVISION, verb, state, key=row.code, sequence=2 * number - began, subject=uuid7())

"""Merge and split divisions: the list changes at once, the households follow, some hundred at a time.

Every household that goes along is two lines among the register's changes: one in the old division, which it leaves,
and one in the new, where it arrives. So each division's bridge adds up, and the county's is what it was.
"""

from datetime import date
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.changes.apply import applied, apply
from services.registry.register.changes.records import Applied, Change
from services.registry.register.divisions import follow as following
from services.registry.register.divisions import queries, rules, service
from services.registry.register.divisions.schemas import MergerIn, SplitIn
from services.registry.register.households.queries import lock
from services.registry.register.households.records import Household, after
from shared import jobs
from shared.database.session import caller_of
from shared.jobs import Job, Progress
from shared.names.divisions import level
from shared.problems import Conflict, NotFound
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock
from shared.workflow.follow import follow, follow_divisions

STEP = 500


class NoSuchRedivision(NotFound):
    slug, zh, en = "no-such-redivision", "没有这一区划变更", "There is no such merger or split"


class RedivisionDiffers(Conflict):
    slug, zh, en = "redivision-differs", "此编号已用于另一区划变更", "This id stands for another merger or split"


async def merge(session: AsyncSession, body: MergerIn) -> Any:
    """Merge villages or towns."""
    if done := await _before(session, body):
        return done
    names = await service.names(session, body.into.code[:6], body.day)
    plan = rules.merger(body, names, await clock.today(session))
    await _open(session, body, plan)
    return await _move(session, body.id)


async def split(session: AsyncSession, body: SplitIn) -> Any:
    """Split a village with its households, or a town with its villages."""
    if done := await _before(session, body):
        return done
    names = await service.names(session, body.code[:6], body.day)
    plan = rules.split(body, names, await clock.today(session))
    await _open(session, body, plan)
    if level(body.code) == "village":
        await _assign(session, body)
    return await _move(session, body.id)


async def found(session: AsyncSession, id: UUID) -> Row[Any]:
    """Raises NoSuchRedivision."""
    row = (await session.execute(queries.ONE, {"id": id})).one_or_none()
    if row is None:
        raise NoSuchRedivision(field="redivision_id")
    return row


async def step(session: AsyncSession, job: Job) -> Progress:
    """Move some hundred more households."""
    row = await _some(session, await found(session, UUID(job.args["redivision_id"])))
    return Progress({}, done=row.moved, total=None, finished=row.finished_at is not None)


async def _before(session: AsyncSession, body: MergerIn | SplitIn) -> Row[Any] | None:
    codes = (
        [body.code, *[one.code for one in body.into]] if isinstance(body, SplitIn) else [*body.codes, body.into.code]
    )
    if not all(caller_of(session).covers(code) for code in codes):
        raise DivisionForbidden(field="into")
    row = (await session.execute(queries.ONE, {"id": body.id})).one_or_none()
    if row is not None and row.said != body.model_dump(mode="json"):
        raise RedivisionDiffers(field="id", rule="one id, one redivision")
    return row


async def _open(session: AsyncSession, body: MergerIn | SplitIn, plan: rules.Plan) -> None:
    county = next(iter(plan.concerned))[:6]
    values = {"id": body.id, "division": county, "kind": plan.kind, "day": body.day, "ground": body.ground}
    said = body.model_dump_json()
    await session.execute(queries.OPEN, values | {"said": said, "actor": caller_of(session).subject})
    await service.write(session, plan, body.day, body.id)
    for source, target in plan.moves.items():
        ids = list((await session.execute(queries.NATURAL, {"code": source})).scalars())
        await _natural(session, dict.fromkeys(ids, target))
    await following.keep_posts(session, plan.recoded)
    # Cases of households that were assigned to other parts go on from there with them.
    await follow_divisions(session, plan.became)
    audit.record(
        session,
        f"division.{plan.kind}",
        "redivision",
        body.id,
        county,
        after={"lines": plan.lines},
        reason=body.ground,
    )


async def _assign(session: AsyncSession, body: SplitIn) -> None:
    """Say of every household of the village where it goes. Raises NotAssigned."""
    bound, targets = {"code": body.code}, {one.code for one in body.into}
    households = set((await session.execute(queries.HOUSEHOLDS, bound)).scalars())
    natural = set((await session.execute(queries.NATURAL, bound)).scalars())
    of_natural = {one.natural_village_id: one.into for one in body.natural_villages}
    goes = {
        row.household_id: of_natural[row.natural_village_id]
        for row in await session.execute(queries.LIVING, bound)
        if row.natural_village_id in of_natural
    } | {one.household_id: one.into for one in body.households}
    wrong = sum(goes.get(id) not in targets for id in households) + len(goes.keys() - households)
    wrong_natural = sum(of_natural.get(id) not in targets for id in natural) + len(of_natural.keys() - natural)
    if wrong or wrong_natural:
        raise rules.NotAssigned(
            field="households", rule="each one once", households=wrong, natural_villages=wrong_natural
        )
    leaving = {id: code for id, code in goes.items() if code != body.code}
    if leaving:
        assigned = {"households": list(leaving), "to": list(leaving.values())}
        await session.execute(queries.ASSIGN, assigned | {"id": body.id, "code": body.code})
    await _natural(session, of_natural)


async def _natural(session: AsyncSession, into: dict[UUID, str]) -> None:
    if into:
        await session.execute(queries.NATURAL_MOVE, {"ids": list(into), "to": list(into.values())})
        await session.execute(queries.NATURAL_TOTALS, {"ids": list(into)})


async def _move(session: AsyncSession, id: UUID) -> Row[Any]:
    """The first households now; a job for the rest."""
    row = await _some(session, await found(session, id))
    if row.finished_at is None:
        await jobs.enqueue(session, "redivision", {"redivision_id": str(id)}, division=row.division, id=id)
    return row


async def _some(session: AsyncSession, redivision: Row[Any]) -> Row[Any]:
    bound = {"id": redivision.id, "limit": STEP}
    assigned = (await session.execute(queries.NEXT_ASSIGNED, bound)).all()
    going = assigned or (await session.execute(queries.NEXT, bound)).all()
    ids = [row.id for row in going]
    households = await lock(session, ids)
    rows = [_row(redivision, households[one.id], one.to_code) for one in going if one.id in households]
    await apply(session, rows)
    await following.follow(session, ids)
    await follow(session, {one.id: one.to_code for one in going})
    if assigned:
        await session.execute(queries.ASSIGNED_MOVED, {"id": redivision.id, "ids": ids})
    counted = {"id": redivision.id, "moved": len(rows), "finished": len(going) < STEP}
    return (await session.execute(queries.COUNT, counted)).one()


def _row(redivision: Row[Any], household: Household, into: str) -> Applied:
    # What happened to the household since happened in the old division: it moves after that.
    day: date = max(redivision.day, household.since)
    change = Change(
        id=uuid5(redivision.id, str(household.id)),
        kind="redivided",
        reason=f"division_{redivision.kind}",
        effective_on=day,
        verb="moved",
        ground=redivision.ground,
    )
    return applied(household, after(household, division=into), change, "redivision")

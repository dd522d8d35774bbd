"""Merge and split divisions: the list changes at once, the households follow, some hundred at a time.

Every household that goes along is two lines among the register's changes: one in the old division, which it leaves,
and one in the new, where it arrives. So each division's bridge adds up, and the county's is what it was.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.changes import late, past
from services.registry.register.changes import rules as changes
from services.registry.register.changes.apply import applied, apply
from services.registry.register.changes.records import Applied
from services.registry.register.changes.schemas import ChangeIn, followed
from services.registry.register.divisions import consequences, queries, rules, service
from services.registry.register.divisions.records import Became, Going, Redivision
from services.registry.register.divisions.schemas import MergerIn, SplitIn
from services.registry.register.households.queries import lock
from services.registry.register.natural_villages import queries as natural_queries
from services.registry.register.natural_villages import service as natural_villages
from shared import jobs
from shared.database.session import caller_of
from shared.jobs import Job, Progress
from shared.names.divisions import level
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock

STEP = 500
_NOTHING: Mapping[UUID, str] = MappingProxyType({})


async def merge(session: AsyncSession, body: MergerIn) -> Redivision:
    """Merge villages or towns. Raises why it may not be."""
    if done := await _before(session, body):
        return done
    names = await queries.names_before(session, body.into.code[:6], body.day)
    plan = rules.merger(body, names, await clock.today(session))
    await _open(session, body, plan)
    return await _move(session, body.id)


async def split(session: AsyncSession, body: SplitIn) -> Redivision:
    """Split a village with its households, or a town with its villages. Raises why it may not be."""
    if done := await _before(session, body):
        return done
    names = await queries.names_before(session, body.code[:6], body.day)
    plan = rules.split(body, names, await clock.today(session))
    village = level(body.code) == "village"
    assigned = await _cases(session, body) if village else {}
    await _open(session, body, plan, assigned)
    if village:
        await _assign(session, body)
    return await _move(session, body.id)


async def found(session: AsyncSession, id: UUID) -> Redivision:
    """Raises NoSuchRedivision."""
    row = await queries.redivision(session, id)
    if row is None:
        raise rules.NoSuchRedivision(field="redivision_id")
    return row


async def move_next(session: AsyncSession, job: Job) -> Progress:
    """Move some hundred more households."""
    row = await _some(session, await found(session, job.id_of("redivision_id")))
    return Progress({}, done=row.moved, total=None, finished=row.finished_at is not None)


async def _before(session: AsyncSession, body: MergerIn | SplitIn) -> Redivision | None:
    codes = (
        [body.code, *[one.code for one in body.into]] if isinstance(body, SplitIn) else [*body.codes, body.into.code]
    )
    if not all(caller_of(session).covers(code) for code in codes):
        raise DivisionForbidden(field="into")
    row = await queries.redivision(session, body.id)
    if row is not None and row.said != body.model_dump(mode="json"):
        raise rules.RedivisionDiffers(field="id", rule="one id, one redivision")
    return row


async def _open(
    session: AsyncSession, body: MergerIn | SplitIn, plan: rules.Plan, assigned: Mapping[UUID, str] = _NOTHING
) -> None:
    county = next(iter(plan.concerned))[:6]
    values = {"id": body.id, "division": county, "kind": plan.kind, "day": body.day, "ground": body.ground}
    said = body.model_dump_json()
    await session.execute(queries.OPEN, values | {"said": said, "actor": caller_of(session).subject})
    await service.write(session, plan, body.day, body.id)
    await natural_villages.move_whole(session, plan.moves.items())
    await consequences.follow(session, Became(plan.recoded, plan.became, plan.whole, assigned))
    audit.record(
        session,
        f"division.{plan.kind}",
        "redivision",
        body.id,
        county,
        after={"lines": plan.lines},
        reason=body.ground,
    )


async def _cases(session: AsyncSession, body: SplitIn) -> dict[UUID, str]:
    """Where what is open about no household of the register goes. Raises NotAssigned."""
    targets, known = {one.code for one in body.into}, await consequences.unassigned(session, body.code)
    goes = {one.case_id: one.into for one in body.cases}
    wrong = sum(goes.get(id) not in targets for id in known) + len(goes.keys() - known)
    if wrong:
        raise rules.NotAssigned(field="cases", rule="each one once", households=0, natural_villages=0, cases=wrong)
    return goes


async def _assign(session: AsyncSession, body: SplitIn) -> None:
    """Say of every household of the village where it goes. Raises NotAssigned."""
    targets = {one.code for one in body.into}
    households = await queries.households_of(session, body.code)
    natural = await natural_queries.of_village(session, body.code)
    of_natural = {one.natural_village_id: one.into for one in body.natural_villages}
    living = await natural_queries.living(session, body.code)
    goes = {id: of_natural[village] for id, village in living.items() if village in of_natural}
    goes |= {one.household_id: one.into for one in body.households}
    wrong = sum(goes.get(id) not in targets for id in households) + len(goes.keys() - households)
    wrong_natural = sum(of_natural.get(id) not in targets for id in natural) + len(of_natural.keys() - natural)
    if wrong or wrong_natural:
        raise rules.NotAssigned(
            field="households", rule="each one once", households=wrong, natural_villages=wrong_natural, cases=0
        )
    gone = {id: code for id, code in goes.items() if code != body.code}
    if gone:
        assigned = {"households": list(gone), "to": list(gone.values())}
        await session.execute(queries.ASSIGN, assigned | {"id": body.id, "code": body.code})
    await natural_villages.move(session, of_natural)


async def _move(session: AsyncSession, id: UUID) -> Redivision:
    """The first households now; a job for the rest."""
    row = await _some(session, await found(session, id))
    if row.finished_at is None:
        await jobs.enqueue(session, "redivision", {"redivision_id": str(id)}, division=row.division, id=id)
    return row


async def _some(session: AsyncSession, redivision: Redivision) -> Redivision:
    assigned = await queries.assigned(session, redivision.id, STEP)
    going = assigned or await queries.of_whole_villages(session, redivision.id, STEP)
    ids = [one.id for one in going]
    households = await lock(session, ids)
    there = await queries.there_since(session, households)
    last, _ = await past.latest(session, households, ())
    rows: list[Applied] = []
    for one in going:
        if one.id not in households:
            continue
        item = _item(redivision, one, max(redivision.day, there[one.id]))
        if item.effective_on < last[one.id]:
            today = await clock.today(session)
            await late.change(session, item, (), None, "redivision", today, write=True)
        else:
            step = changes.redivided(households[one.id], item)
            rows.append(applied(step.before, step.now, step.change, "redivision"))
    await apply(session, rows)
    if assigned:
        await session.execute(queries.ASSIGNED_MOVED, {"id": redivision.id, "ids": ids})
    return await queries.count(session, redivision.id, len(households), finished=len(going) < STEP)


def _item(redivision: Redivision, going: Going, day: date) -> ChangeIn:
    """That a household lies in another division from a day on: that of the redivision, or on which it came later."""
    id, reason = uuid5(redivision.id, str(going.id)), f"division_{redivision.kind}"
    more = {"reason": reason, "ground": redivision.ground, "division": going.to_code}
    return followed(id, "redivided", going.id, day, **more)

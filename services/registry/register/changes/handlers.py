"""A household leaves the register's count because evaluation decided that it left poverty 脱贫退出."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.changes import late, past, queries, rules
from services.registry.register.changes.apply import applied, apply, note
from services.registry.register.changes.records import Applied
from services.registry.register.changes.schemas import ChangeIn, followed
from services.registry.register.households.queries import lock
from services.registry.register.households.records import Household
from shared.events.envelope import Event
from shared.events.handlers import NotYetKnown
from shared.problems import Problem
from shared.time import clock


class ExitApproved(BaseModel):
    """What the registry reads of evaluation's decision. An exit counts on the day of the decision."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    household_id: UUID
    status: str
    decided_on: date | None


class ExitContradicts(Exception):
    """An exit was approved for a household that was not on the register then: somebody has to look at it."""


async def mark_exited(session: AsyncSession, events: list[Event]) -> None:
    """Mark households exited, once for a decision: the decision's id is the change's.

    Decisions come in hundreds on one day, so they are taken together; what contradicts the register raises, and is
    then parked alone.
    """
    exits = [event.read(ExitApproved) for event in events]
    decisions = {one.id: one for one in exits if one.status == "approved"}
    households = await lock(session, [one.household_id for one in decisions.values()])
    done = await queries.done(session, decisions.keys())
    last, _ = await past.latest(session, households, ())
    changes: list[Applied] = []
    for decision in decisions.values():
        before = households.get(decision.household_id)
        if before is None:
            raise NotYetKnown(f"household {decision.household_id}")
        if decision.id in done:
            continue
        item = _exit(decision)
        if item.effective_on < last[before.id]:
            await _exit_late(session, item)
            continue
        if before.status != "registered":
            raise ExitContradicts(f"household {before.id} is {before.status}")
        changes.append(_exited(before, item))
        households[before.id] = changes[-1].now
    for one in changes:
        note(session, one)
    await apply(session, changes)


async def _exit_late(session: AsyncSession, item: ChangeIn) -> None:
    """An exit of a day before other changes of its household: those are done again after it."""
    try:
        await late.change(session, item, (), None, "exits", await clock.today(session), write=True)
    except Problem as problem:
        raise ExitContradicts(f"household {item.household_id}: {problem.slug}") from problem


def _exit(decision: ExitApproved) -> ChangeIn:
    """The change that a decision makes, on the day of the decision."""
    assert decision.decided_on is not None
    more = {"reason": "exited", "ground": "贫困退出经审定同意"}
    return followed(decision.id, "exit", decision.household_id, decision.decided_on, **more)


def _exited(before: Household, item: ChangeIn) -> Applied:
    step = rules.exited(before, item)
    return applied(before, step.now, step.change, "exits")

"""A household leaves the register's count because evaluation decided that it left poverty 脱贫退出."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.changes import queries
from services.registry.register.changes.apply import applied, apply
from services.registry.register.changes.records import Applied, Change
from services.registry.register.households.queries import lock
from services.registry.register.households.records import Household, after
from shared.events.envelope import Event
from shared.events.handlers import NotYetKnown
from shared.security import audit


class ExitApproved(BaseModel):
    """What the registry reads of evaluation's decision. An exit counts on the day of the decision."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    household_id: UUID
    status: str
    decided_on: date | None


class ExitContradicts(Exception):
    """An exit was approved for a household that is not on the register: somebody has to look at it."""


async def mark_exited(session: AsyncSession, events: list[Event]) -> None:
    """Mark households exited, once for a decision: the decision's id is the change's.

    Decisions come in hundreds on one day, so they are taken together; what contradicts the register raises, and is
    then parked alone.
    """
    exits = [event.read(ExitApproved) for event in events]
    decisions = {one.id: one for one in exits if one.status == "approved"}
    households = await lock(session, [one.household_id for one in decisions.values()])
    done = await queries.done(session, decisions.keys())
    changes: list[Applied] = []
    for decision in decisions.values():
        before = households.get(decision.household_id)
        if before is None:
            raise NotYetKnown(f"household {decision.household_id}")
        if decision.id in done:
            continue
        if before.status != "registered":
            raise ExitContradicts(f"household {before.id} is {before.status}")
        changes.append(_exit(session, before, decision))
        households[before.id] = after(before, status="exited")
    await apply(session, changes)


def _exit(session: AsyncSession, before: Household, decision: ExitApproved) -> Applied:
    """A household that exits on the day of the decision, and its line in the audit record."""
    assert decision.decided_on is not None
    now = after(before, status="exited")
    change = Change(
        id=decision.id,
        kind="exit",
        reason="exited",
        effective_on=max(decision.decided_on, before.since),
        verb="exited",
        ground="贫困退出经审定同意",
    )
    audit.record(
        session,
        "household.exited",
        "household",
        now.id,
        now.division,
        before={"status": before.status, "version": before.version},
        after={"status": now.status, "version": now.version},
        reason=change.ground,
    )
    return applied(before, now, change, "exits")

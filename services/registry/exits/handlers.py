"""A household leaves the register's count because evaluation decided that it left poverty 脱贫退出."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.changes import aggregate
from shared import audit
from shared.events.envelope import Event
from shared.events.reactions import NotYetKnown

_DONE = text("SELECT EXISTS (SELECT FROM change WHERE id = :id)")


class ExitApproved(BaseModel):
    """What the registry reads of evaluation's decision. An exit counts on the day of the decision."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    household_id: UUID
    status: Literal["approved"]
    decided_on: date


class ExitContradicts(Exception):
    """An exit was approved for a household that is not on the register: somebody has to look at it."""


async def mark_exited(session: AsyncSession, event: Event) -> None:
    """Mark the household exited, once for a decision: the decision's id is the change's."""
    decision = event.read(ExitApproved)
    households = await aggregate.lock(session, [decision.household_id])
    before = households.get(decision.household_id)
    if before is None:
        raise NotYetKnown(f"household {decision.household_id}")
    if (await session.execute(_DONE, {"id": decision.id})).scalar_one():
        return
    if before.status != "registered":
        raise ExitContradicts(f"household {before.id} is {before.status}")
    now = aggregate.after(before, status="exited")
    change = aggregate.Change(
        id=decision.id,
        kind="exit",
        reason="exited",
        effective_on=max(decision.decided_on, before.since),
        verb="exited",
        ground=f"evaluation.exit {decision.id}",
    )
    await aggregate.apply(session, [aggregate.row(before, now, change)])
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

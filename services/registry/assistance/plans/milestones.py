"""The countdown: milestones reached, milestones moved with a ground."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.plans import queries, rules
from services.registry.assistance.plans.schemas import CompletionIn, ShiftIn
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.problems import Conflict, NotFound
from shared.security import audit
from shared.time import clock


class NoSuchMilestone(NotFound):
    slug, zh, en = "no-such-milestone", "没有这个节点", "There is no such milestone"


class NotInForce(Conflict):
    slug, zh, en = "plan-not-in-force", "计划未审批或已被替代", "The plan is not in force"


class DoneAlready(Conflict):
    slug, zh, en = "done-already", "该节点已于另一日完成", "The milestone was reached on another day"


class ShiftDiffers(Conflict):
    slug, zh, en = "shift-differs", "此编号已用于另一次调整", "This id stands for another shift"


async def complete(session: AsyncSession, items: list[CompletionIn]) -> Answers:
    """Note milestones as reached; the same day again is "unchanged"."""
    today, actor = await clock.today(session), caller_of(session).subject
    rows = await _lock(session, [item.id for item in items])
    done: list[dict[str, Any]] = []

    def decide(item: CompletionIn) -> Outcome:
        row = _in_force(rows, item.id)
        if row.done_on is not None:
            if row.done_on != item.done_on:
                raise DoneAlready(field="done_on", rule="once")
            return "unchanged"
        if item.done_on > today:
            raise rules.DoneInFuture(field="done_on", rule="not in the future")
        done.append(item.model_dump() | {"actor": actor})
        return "accepted"

    answers = answer_each(items, decide)
    if done:
        await session.execute(queries.DONE, done)
    for one in done:
        row = rows[one["id"]]
        after = {"done_on": str(one["done_on"]), "household_id": str(row.household_id)}
        audit.record(session, "milestone.reached", "milestone", row.id, row.division, after=after)
    return answers


async def shift(session: AsyncSession, items: list[ShiftIn]) -> Answers:
    """Move milestones that are not reached to another day of the plan's years."""
    today, actor = await clock.today(session), caller_of(session).subject
    rows = await _lock(session, [item.milestone_id for item in items])
    known = {row.id: row for row in await session.execute(queries.SHIFTED, {"ids": [item.id for item in items]})}
    moved: list[dict[str, Any]] = []
    days = {id: row.due_on for id, row in rows.items()}

    def decide(item: ShiftIn) -> Outcome:
        if row := known.get(item.id):
            if (row.milestone_id, row.due_after) != (item.milestone_id, item.due_on):
                raise ShiftDiffers(field="id", rule="one id, one shift")
            return "unchanged"
        milestone = _in_force(rows, item.milestone_id, "milestone_id")
        if milestone.done_on is not None:
            raise DoneAlready(field="milestone_id", rule="open")
        if item.due_on < today or item.due_on.year > milestone.exit_year:
            raise rules.DueWrong(field="due_on", rule="in time")
        moved.append(
            {
                "id": item.id,
                "milestone_id": item.milestone_id,
                "division": milestone.division,
                "due_before": days[item.milestone_id],
                "due_after": item.due_on,
                "ground": item.ground,
                "actor": actor,
            }
        )
        days[item.milestone_id] = item.due_on
        return "accepted"

    answers = answer_each(items, decide)
    if moved:
        await session.execute(queries.SHIFT, moved)
        await session.execute(queries.MOVE, moved)
    for one in moved:
        audit.record(
            session,
            "milestone.moved",
            "milestone",
            one["milestone_id"],
            one["division"],
            before={"due_on": str(one["due_before"])},
            after={"due_on": str(one["due_after"])},
            reason=one["ground"],
        )
    return answers


async def _lock(session: AsyncSession, ids: list[UUID]) -> dict[UUID, Any]:
    return {row.id: row for row in await session.execute(queries.MILESTONE_LOCK, {"ids": sorted(set(ids))})}


def _in_force(rows: dict[UUID, Any], id: UUID, field: str = "id") -> Any:
    row = rows.get(id)
    if row is None:
        raise NoSuchMilestone(field=field)
    if row.status != "approved":
        raise NotInForce(field=field, rule="approved")
    return row

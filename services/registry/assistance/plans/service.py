"""Read plans as a whole, what fits a household's causes, who has none; milestones reached and moved."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.plans import queries, rules
from services.registry.assistance.plans.records import Batch, Shift, Standards
from services.registry.assistance.plans.schemas import CompletionIn, PlanRow, ShiftIn, Suggestion, Unplanned
from services.registry.register.households.names import household_names
from shared import policy
from shared.database.session import caller_of
from shared.households.queries import NoSuchHousehold
from shared.households.schemas import told
from shared.http import paging
from shared.http.items import Answers, Outcome, answer_each
from shared.security import audit
from shared.time import clock


async def standards(session: AsyncSession, division: str, on: date) -> Standards:
    """What plans are made by in a division on a day."""
    used = await policy.resolve_all(session, ("plan.batches", "plan.measures", "plan.years"), division, on)
    return Standards(
        batches=used["plan.batches"].read(dict[str, Batch]),
        measures=used["plan.measures"].read(dict[str, list[str]]),
        years=used["plan.years"].number(),
        policies=[one.reference() for one in used.values()],
    )


async def plans(session: AsyncSession, household_id: UUID) -> list[PlanRow]:
    """The plan in force and the one that waits for approval; that they were looked at stays on record."""
    used = await standards(session, caller_of(session).division, await clock.today(session))
    found = await queries.of_household(session, household_id, used)
    for plan in found[:1]:
        audit.read(session, "household", household_id, plan.division)
    return found


async def suggested(session: AsyncSession, household_id: UUID) -> list[Suggestion]:
    """Which batches of measures fit the household's causes. Raises NoSuchHousehold."""
    causes = await queries.causes(session, household_id)
    if causes is None:
        raise NoSuchHousehold(field="household_id")
    used = await standards(session, causes.division, await clock.today(session))
    return [
        Suggestion(cause=cause, batch=batch, zh=words.zh, en=words.en)
        for cause, batch, words in rules.suggestions(causes.all, used)
    ]


async def unplanned(
    session: AsyncSession, division: str | None, limit: int, cursor: str | None
) -> paging.Page[Unplanned]:
    """Registered households without a plan in force, and by when each should have one."""
    place = division or caller_of(session).division
    days = await policy.resolve(session, "plan.deadline_days", place, await clock.today(session))
    page = await paging.of_division(
        session,
        queries.UNPLANNED,
        Unplanned,
        division=division,
        limit=limit,
        cursor=cursor,
        days=days.number(),
    )
    return await told(session, page, lambda row: row.id, household_names)


async def complete(session: AsyncSession, items: list[CompletionIn]) -> Answers:
    """Note milestones as reached; the same day again is "unchanged"."""
    today = await clock.today(session)
    locked = await queries.lock_milestones(session, [item.id for item in items])
    done: list[CompletionIn] = []

    def decide(item: CompletionIn) -> Outcome:
        milestone = rules.in_force(locked, item.id, field="id")
        if milestone.done_on is not None:
            if milestone.done_on != item.done_on:
                raise rules.DoneAlready(field="done_on", rule="once")
            return "unchanged"
        if item.done_on > today:
            raise rules.DoneInFuture(field="done_on", rule="not in the future")
        done.append(item)
        return "accepted"

    answers = answer_each(items, decide)
    await queries.complete(session, done)
    for one in done:
        milestone = locked[one.id]
        after = {"done_on": str(one.done_on), "household_id": str(milestone.household_id)}
        audit.record(session, "milestone.reached", "milestone", one.id, milestone.division, after=after)
    return answers


async def shift(session: AsyncSession, items: list[ShiftIn]) -> Answers:
    """Move milestones that are not reached to another day of the plan's years."""
    today = await clock.today(session)
    locked = await queries.lock_milestones(session, [item.milestone_id for item in items])
    known = await queries.shifts(session, [item.id for item in items])
    moved: list[Shift] = []
    days = {id: milestone.due_on for id, milestone in locked.items()}

    def decide(item: ShiftIn) -> Outcome:
        if earlier := known.get(item.id):
            if (earlier.milestone_id, earlier.due_after) != (item.milestone_id, item.due_on):
                raise rules.ShiftDiffers(field="id", rule="one id, one shift")
            return "unchanged"
        milestone = rules.in_force(locked, item.milestone_id, field="milestone_id")
        rules.check_shift(milestone, item, today)
        before = days[milestone.id]
        moved.append(Shift(item.id, milestone.id, milestone.division, before, item.due_on, item.ground))
        days[milestone.id] = item.due_on
        return "accepted"

    answers = answer_each(items, decide)
    await queries.shift(session, moved)
    for one in moved:
        audit.record(
            session,
            "milestone.moved",
            "milestone",
            one.milestone_id,
            one.division,
            before={"due_on": str(one.due_before)},
            after={"due_on": str(one.due_after)},
            reason=one.ground,
        )
    return answers

"""Propose and approve plans: one in force a household, by two people."""

import json
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.plans import queries, rules
from services.registry.assistance.plans.schemas import PlanIn, PlanRef
from services.registry.contracts import PLAN, PlanState
from services.registry.register.changes.rules import must_be_registered
from services.registry.register.households.queries import lock
from services.registry.register.households.records import Household
from shared import policy
from shared.database.session import caller_of, raw
from shared.events import outbox
from shared.households.queries import NoSuchHousehold
from shared.http.items import Answers, Outcome, answer_each
from shared.problems import Conflict, Invalid, NotFound
from shared.security import audit
from shared.time import clock


class PlanDiffers(Conflict):
    slug, zh, en = "plan-differs", "此编号已用于另一计划", "This id stands for another plan"


class ProposedAlready(Conflict):
    slug, zh, en = "proposed-already", "该户已有待审计划", "A plan of this household waits for approval already"


class NoSuchPlan(NotFound):
    slug, zh, en = "no-such-plan", "没有这个计划", "There is no such plan"


class NoSuchStaff(Invalid):
    slug, zh, en = "no-such-staff", "没有这名责任人", "There is no such member of staff"


class IdTaken(Conflict):
    slug, zh, en = "id-taken", "计划内编号已被使用", "An id of this plan is in use already"


async def standards(session: AsyncSession, division: str, on: date) -> rules.Standards:
    """The policies in force for plans."""
    keys = ("plan.batches", "plan.measures", "plan.years")
    return rules.Standards(*[await policy.resolve(session, key, division, on) for key in keys])


async def propose(session: AsyncSession, items: list[PlanIn]) -> Answers:
    """Propose plans for households in sight. Raises IdTaken where an id inside a plan is used elsewhere."""
    today, caller = await clock.today(session), caller_of(session)
    used = await standards(session, caller.division, today)
    known = {row.id: row for row in await session.execute(queries.KNOWN, {"ids": [item.id for item in items]})}
    households = await lock(session, [item.household_id for item in items])
    waiting = set((await session.execute(queries.PROPOSED, {"households": list(households)})).scalars())
    staff = await _staff(session, items)
    fresh: list[dict[str, Any]] = []

    def decide(item: PlanIn) -> Outcome:
        digest = _digest(item)
        if row := known.get(item.id):
            if row.digest.hex() != digest:
                raise PlanDiffers(field="id", rule="one id, one plan")
            return "unchanged"
        household = households.get(item.household_id)
        if household is None:
            raise NoSuchHousehold(field="household_id")
        must_be_registered(household)
        if item.household_id in waiting:
            raise ProposedAlready(field="household_id", rule="one at a time")
        rules.check(item, [household.main_cause, *household.other_causes], used, today)
        _check_staff(item, staff)
        waiting.add(item.household_id)
        fresh.append(_row(item, household, used, digest))
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        try:
            await (await raw(session)).execute(queries.WRITE, json.dumps(fresh, default=str), caller.subject)
        except asyncpg.UniqueViolationError as error:
            raise IdTaken(field="items", rule="new ids") from error
    for row in fresh:
        after = {"household_id": str(row["household_id"]), "exit_year": row["exit_year"]}
        audit.record(session, "plan.proposed", "plan", row["id"], row["division"], after=after)
    return answers


async def _staff(session: AsyncSession, items: list[PlanIn]) -> set[UUID]:
    """Who of the named owners is known."""
    named = sorted({one.staff_id for item in items for one in item.measures if one.staff_id})
    return set((await session.execute(queries.STAFF, {"ids": named})).scalars()) if named else set()


def _check_staff(item: PlanIn, known: set[UUID]) -> None:
    for position, one in enumerate(item.measures):
        if one.staff_id and one.staff_id not in known:
            raise NoSuchStaff(field=f"measures[{position}].staff_id", rule="known staff")


async def approve(session: AsyncSession, items: list[PlanRef]) -> Answers:
    """Put proposed plans in force; the plan that was in force before is superseded."""
    rows = {row.id: row for row in await session.execute(queries.LOCK, {"ids": [item.id for item in items]})}
    actor = caller_of(session).subject
    approved: list[Any] = []

    def decide(item: PlanRef) -> Outcome:
        row = rows.get(item.id)
        if row is None:
            raise NoSuchPlan(field="id")
        if row.status != "proposed":
            return "unchanged"
        if row.proposed_by == actor:
            raise rules.SamePerson(field="id", rule="two people")
        approved.append(row)
        return "accepted"

    answers = answer_each(items, decide)
    await session.execute(queries.APPROVE, {"households": [row.household_id for row in approved]})
    await session.execute(queries.IN_FORCE, {"ids": [row.id for row in approved], "actor": actor})
    batches = await _batches(session, [row.id for row in approved])
    for row in approved:
        state = PlanState(
            id=row.id,
            household_id=row.household_id,
            division=row.division,
            exit_year=row.exit_year,
            status="approved",
            batches=batches.get(row.id, []),
        )
        outbox.publish(
            session, PLAN, "approved", state, key=row.household_id, sequence=row.version + 1, subject=row.id
        )
        after = {"household_id": str(row.household_id), "exit_year": row.exit_year}
        audit.record(session, "plan.approved", "plan", row.id, row.division, after=after)
    return answers


async def _batches(session: AsyncSession, ids: list[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, set[str]] = {}
    for row in await session.execute(queries.MEASURES, {"ids": ids}):
        found.setdefault(row.plan_id, set()).add(row.batch)
    return {id: sorted(batches) for id, batches in found.items()}


def _digest(item: PlanIn) -> str:
    return sha256(item.model_dump_json().encode()).hexdigest()


def _row(item: PlanIn, household: Household, used: rules.Standards, digest: str) -> dict[str, Any]:
    return item.model_dump() | {
        "division": household.division,
        "policies": used.references(),
        "digest": digest,
    }

"""Propose and approve plans: one in force a household, by two people."""

from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.organisations import queries as organisations
from services.registry.assistance.plans import queries, rules, service
from services.registry.assistance.plans.records import Plan
from services.registry.assistance.plans.schemas import PlanIn, PlanRef
from services.registry.contracts import PLAN, PlanState
from services.registry.register.changes.rules import must_be_registered
from services.registry.register.households.queries import lock
from shared.database.session import caller_of
from shared.events import outbox
from shared.households.queries import NoSuchHousehold
from shared.http.items import Answers, Outcome, answer_each
from shared.security import audit
from shared.time import clock
from shared.workflow.separation import APPROVE, keep_apart


async def propose(session: AsyncSession, items: list[PlanIn]) -> Answers:
    """Propose plans for households in sight. Raises IdTaken where an id inside a plan is used elsewhere."""
    today, caller = await clock.today(session), caller_of(session)
    standards = await service.standards(session, caller.division, today)
    known = await queries.known(session, [item.id for item in items])
    households = await lock(session, [item.household_id for item in items])
    waiting = await queries.waiting(session, households)
    owners = {one.staff_id for item in items for one in item.measures if one.staff_id}
    staff = await organisations.staff(session, owners)
    fresh: list[tuple[Plan, PlanIn]] = []

    def decide(item: PlanIn) -> Outcome:
        digest = sha256(item.model_dump_json().encode()).digest()
        if item.id in known:
            if known[item.id].digest != digest:
                raise rules.PlanDiffers(field="id", rule="one id, one plan")
            return "unchanged"
        household = households.get(item.household_id)
        if household is None:
            raise NoSuchHousehold(field="household_id")
        must_be_registered(household)
        if item.household_id in waiting:
            raise rules.ProposedAlready(field="household_id", rule="one at a time")
        rules.check(item, [household.main_cause, *household.other_causes], standards, today)
        rules.check_owners(item, staff)
        waiting.add(item.household_id)
        plan = Plan(
            id=item.id,
            household_id=item.household_id,
            division=household.division,
            exit_year=item.exit_year,
            status="proposed",
            digest=digest,
            proposed_by=caller.subject,
            version=1,
        )
        fresh.append((plan, item))
        return "accepted"

    answers = answer_each(items, decide)
    await queries.write(session, fresh, standards)
    for plan, _ in fresh:
        _record(session, "plan.proposed", plan)
    return answers


async def approve(session: AsyncSession, items: list[PlanRef]) -> Answers:
    """Put proposed plans in force; the plan that was in force before is superseded."""
    locked = await queries.lock(session, [item.id for item in items])
    actor = caller_of(session).subject
    approved: list[Plan] = []

    def decide(item: PlanRef) -> Outcome:
        plan = locked.get(item.id)
        if plan is None:
            raise rules.NoSuchPlan(field="id")
        if plan.status != "proposed":
            return "unchanged"
        keep_apart(actor, [plan.proposed_by], APPROVE)
        approved.append(plan)
        return "accepted"

    answers = answer_each(items, decide)
    await queries.approve(session, approved)
    batches = await queries.batches(session, [plan.id for plan in approved])
    for plan in approved:
        state = PlanState(
            id=plan.id,
            household_id=plan.household_id,
            division=plan.division,
            exit_year=plan.exit_year,
            status="approved",
            batches=batches[plan.id],
        )
        outbox.publish(
            session, PLAN, "approved", state, key=plan.household_id, sequence=plan.version + 1, subject=plan.id
        )
        _record(session, "plan.approved", plan)
    return answers


def _record(session: AsyncSession, action: str, plan: Plan) -> None:
    after = {"household_id": str(plan.household_id), "exit_year": plan.exit_year}
    audit.record(session, action, "plan", plan.id, plan.division, after=after)

"""The way of a doubt down and back up: assign, check on the spot, judge, review."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.households.queries import existing_divisions
from services.registry.verification.doubts import rules, store
from services.registry.verification.doubts.records import Doubt, Least, Locked, Step
from services.registry.verification.doubts.schemas import AssignmentIn, CheckIn, ReviewIn, VerdictIn
from shared import policy
from shared.database.session import caller_of
from shared.http.items import Answers
from shared.time import clock


async def assign(session: AsyncSession, items: list[AssignmentIn], step: Step) -> Answers:
    """Pass doubts down: the county to the town (``assign_town``), the town to the village (``assign_village``)."""
    exist = await existing_divisions(session, [item.to for item in items if item.to])

    def take(item: AssignmentIn, locked: Locked) -> Doubt:
        now = rules.after(locked.doubt, step)
        if item.to is not None and item.to not in exist:
            raise rules.PlaceDoesNotFit(field="to", rule="a division of today")
        return replace(now, division=rules.place(step, now.division, item.to))

    return await store.take(session, items, lambda _: step, take)


async def check(session: AsyncSession, items: list[CheckIn]) -> Answers:
    """Record checks on the spot, with as many people and photos as the policy ``doubts.check`` asks for."""
    today, caller = await clock.today(session), caller_of(session)
    least = (await policy.resolve(session, "doubts.check", caller.division, today)).read(Least)

    def take(item: CheckIn, locked: Locked) -> Doubt:
        now = rules.after(locked.doubt, "check")
        rules.check(item.checked_on, locked.last.done_on, today, len(set(item.people)), len(set(item.photos)), least)
        return replace(now, checked_by=caller.subject)

    return await store.take(session, items, lambda _: "check", take)


async def judge(session: AsyncSession, items: list[VerdictIn]) -> Answers:
    """Record what the checks come to."""
    actor = caller_of(session).subject

    def take(item: VerdictIn, locked: Locked) -> Doubt:
        verdict = rules.verdict(item.verdict, registered=locked.doubt.household_id is not None)
        now = rules.after(locked.doubt, "judge")
        return replace(now, verdict=verdict.code, upheld=verdict.upheld, judged_by=actor)

    return await store.take(session, items, lambda _: "judge", take)


async def review(session: AsyncSession, items: list[ReviewIn]) -> Answers:
    """The town agrees with verdicts, or sends the doubts back to the village. Never who checked or judged them."""
    actor = caller_of(session).subject

    def step(item: ReviewIn) -> Step:
        return "review" if item.agreed else "return_village"

    def take(item: ReviewIn, locked: Locked) -> Doubt:
        now = rules.after(locked.doubt, step(item))
        rules.reviewer(locked.doubt, actor)
        return replace(now, reviewed_by=actor) if item.agreed else now

    return await store.take(session, items, step, take)

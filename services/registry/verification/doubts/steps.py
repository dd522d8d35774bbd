"""The way of a doubt down and back up: assign, check on the spot, judge, review."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.households.queries import existing_divisions
from services.registry.verification.doubts import rules, store
from services.registry.verification.doubts.schemas import AssignmentIn, CheckIn, ReviewIn, VerdictIn
from services.registry.verification.doubts.store import Doubt
from shared import policy
from shared.database.session import caller_of
from shared.http.items import Answers
from shared.time import clock


async def assign(session: AsyncSession, items: list[AssignmentIn], step: str) -> Answers:
    """Pass doubts down: the county to the town (``assign_town``), the town to the village (``assign_village``)."""
    exist = await existing_divisions(session, [item.to for item in items if item.to])

    def take(item: AssignmentIn, doubt: Doubt) -> None:
        rules.may(step, doubt.row["status"])
        if item.to is not None and item.to not in exist:
            raise rules.PlaceDoesNotFit(field="to", rule="a division of today")
        doubt.take(step, store.content_of(item), division=rules.place(step, doubt.row["division"], item.to))

    answers, taken = await store.decide(session, items, lambda _: step, take)
    await store.write(session, taken.values())
    return answers


async def check(session: AsyncSession, items: list[CheckIn]) -> Answers:
    """Record checks on the spot, with as many people and photos as the policy ``doubts.check`` asks for."""
    today, caller = await clock.today(session), caller_of(session)
    least: dict[str, Any] = (await policy.resolve(session, "doubts.check", caller.division, today)).value

    def take(item: CheckIn, doubt: Doubt) -> None:
        rules.may("check", doubt.row["status"])
        rules.check(item.checked_on, doubt.last.done_on, today, len(set(item.people)), len(set(item.photos)), least)
        doubt.take("check", store.content_of(item), checked_by=caller.subject)

    answers, taken = await store.decide(session, items, lambda _: "check", take)
    await store.write(session, taken.values())
    return answers


async def judge(session: AsyncSession, items: list[VerdictIn]) -> Answers:
    """Record what the checks come to."""
    actor = caller_of(session).subject

    def take(item: VerdictIn, doubt: Doubt) -> None:
        verdict = rules.verdict(item.verdict, registered=doubt.row["household_id"] is not None)
        said = {"verdict": verdict.code, "upheld": verdict.upheld, "judged_by": actor}
        doubt.take("judge", store.content_of(item), **said)

    answers, taken = await store.decide(session, items, lambda _: "judge", take)
    await store.write(session, taken.values())
    return answers


async def review(session: AsyncSession, items: list[ReviewIn]) -> Answers:
    """The town agrees with verdicts, or sends the doubts back to the village. Never who checked or judged them."""
    actor = caller_of(session).subject

    def take(item: ReviewIn, doubt: Doubt) -> None:
        rules.may("review", doubt.row["status"])
        rules.different(actor, [doubt.row["checked_by"], doubt.row["judged_by"]])
        if item.agreed:
            doubt.take("review", store.content_of(item), reviewed_by=actor)
        else:
            doubt.take("return_village", store.content_of(item))

    answers, taken = await store.decide(
        session, items, lambda item: "review" if item.agreed else "return_village", take
    )
    await store.write(session, taken.values())
    return answers

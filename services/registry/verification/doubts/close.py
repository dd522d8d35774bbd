"""Close doubts, with what a verdict starts; and open closed ones again."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.changes import service as changes
from services.registry.register.changes.schemas import ChangeIn
from services.registry.verification.doubts import rules, store
from services.registry.verification.doubts.catalogue import verdicts
from services.registry.verification.doubts.records import Doubt, Locked, Step
from services.registry.verification.doubts.schemas import ReopeningIn, ReviewIn
from shared.database.session import caller_of
from shared.http.items import Answers
from shared.names.ids import uuid7
from shared.problems import Conflict
from shared.security.crypto import KeyRing
from shared.time import clock

_THERE = text("SELECT id FROM household WHERE id = ANY(:ids) AND status <> 'removed' ORDER BY id FOR UPDATE")
_OPEN_TWIN = text("""
    SELECT c.id FROM doubt c WHERE c.id = ANY(:ids) AND EXISTS (SELECT FROM doubt o
        WHERE o.rule = c.rule AND o.subject = c.subject AND o.status <> 'closed' AND o.id <> c.id)
""")


async def close(session: AsyncSession, keys: KeyRing, items: list[ReviewIn]) -> Answers:
    """The county closes doubts, or sends them back to the town. Never who checked, judged or reviewed them.

    A household that is cleared out leaves the register in the same transaction, today; once, however many doubts
    say so.
    """
    today, actor = await clock.today(session), caller_of(session).subject

    def step(item: ReviewIn) -> Step:
        return "close" if item.agreed else "return_town"

    def take(item: ReviewIn, locked: Locked) -> Doubt:
        now = rules.after(locked.doubt, step(item))
        rules.closer(locked.doubt, actor)
        if not item.agreed:
            return now
        assert now.verdict is not None
        again = verdicts()[now.verdict].may_return
        return replace(now, closed_by=actor, closed_on=today, may_return=again)

    answers, taken = await store.decide(session, items, step, take)
    made = await _clear_out(session, keys, today, [one.now for one in taken])
    carried = [replace(one, now=replace(one.now, change_id=made.get(one.now.id, one.now.change_id))) for one in taken]
    await store.write(session, carried)
    return answers


async def reopen(session: AsyncSession, items: list[ReopeningIn]) -> Answers:
    """Look at closed doubts again, from the town on. What they have started stays until somebody changes it."""
    twins = set((await session.execute(_OPEN_TWIN, {"ids": [item.id for item in items]})).scalars())

    def take(item: ReopeningIn, locked: Locked) -> Doubt:
        now = rules.after(locked.doubt, "reopen")
        if item.id in twins:
            raise rules.OpenAgain(field="id", rule="one open doubt")
        return replace(now, round=now.round + 1, may_return=False)

    return await store.take(session, items, lambda _: "reopen", take)


async def _clear_out(session: AsyncSession, keys: KeyRing, today: date, doubts: Iterable[Doubt]) -> dict[UUID, UUID]:
    """Remove the households whose doubts say so. Answers the change by the doubt that carries it: the first of each
    household.
    """
    guilty: dict[UUID, Doubt] = {}
    for doubt in doubts:
        removes = doubt.verdict is not None and verdicts()[doubt.verdict].starts == "removal"
        if doubt.status == "closed" and removes and doubt.household_id:
            guilty.setdefault(doubt.household_id, doubt)
    still = set((await session.execute(_THERE, {"ids": list(guilty)})).scalars()) if guilty else set()
    made = {doubt.id: uuid7() for household_id, doubt in guilty.items() if household_id in still}
    removals = [
        ChangeIn(
            id=made[doubt.id],
            kind="removal",
            household_id=household_id,
            effective_on=today,
            reason="wrongly_included",
            ground="疑点经核实属实，按错评剔除",
        )
        for household_id, doubt in guilty.items()
        if doubt.id in made
    ]
    if removals:
        done = await changes.decide(session, keys, removals, through="doubts")
        if refused := next((answer.problem for answer in done.items if answer.status == "refused"), None):
            raise Conflict(field="items", rule=refused.type)
    return made

"""Close doubts, with what a verdict starts; and open closed ones again."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.changes import service as changes
from services.registry.register.changes.schemas import ChangeIn
from services.registry.verification.doubts import rules, store
from services.registry.verification.doubts.catalogue import verdicts
from services.registry.verification.doubts.schemas import ReopeningIn, ReviewIn
from services.registry.verification.doubts.store import Doubt
from shared.database.session import caller_of
from shared.http.items import Answers
from shared.names.ids import uuid7
from shared.problems import Conflict
from shared.security.crypto import KeyRing
from shared.time import clock

_REGISTERED = text("SELECT id FROM household WHERE id = ANY(:ids) AND status = 'registered' ORDER BY id FOR UPDATE")
_OPEN_TWIN = text("""
    SELECT c.id FROM doubt c WHERE c.id = ANY(:ids) AND EXISTS (SELECT FROM doubt o
        WHERE o.rule = c.rule AND o.subject = c.subject AND o.status <> 'closed' AND o.id <> c.id)
""")


class OpenAgain(Conflict):
    slug = "doubt-open-again"
    zh = "同一疑点已另行提出，正在办理"
    en = "The same was raised again meanwhile and is being worked on"


async def close(session: AsyncSession, keys: KeyRing, items: list[ReviewIn]) -> Answers:
    """The county closes doubts, or sends them back to the town. Never who checked, judged or reviewed them.

    A household that is cleared out leaves the register in the same transaction, today; once, however many doubts
    say so.
    """
    today, actor = await clock.today(session), caller_of(session).subject

    def take(item: ReviewIn, doubt: Doubt) -> None:
        row = doubt.row
        rules.may("close", row["status"])
        rules.different(actor, [row["checked_by"], row["judged_by"], row["reviewed_by"]])
        if not item.agreed:
            doubt.take("return_town", store.content_of(item))
            return
        again = verdicts()[row["verdict"]].may_return
        doubt.take("close", store.content_of(item), closed_by=actor, closed_on=today, may_return=again)

    answers, taken = await store.decide(session, items, lambda item: "close" if item.agreed else "return_town", take)
    await _clear_out(session, keys, [doubt.now for doubt in taken.values() if doubt.now])
    await store.write(session, taken.values())
    return answers


async def reopen(session: AsyncSession, items: list[ReopeningIn]) -> Answers:
    """Look at closed doubts again, from the town on. What they have started stays until somebody changes it."""
    twins = set((await session.execute(_OPEN_TWIN, {"ids": [item.id for item in items]})).scalars())

    def take(item: ReopeningIn, doubt: Doubt) -> None:
        rules.may("reopen", doubt.row["status"])
        if item.id in twins:
            raise OpenAgain(field="id", rule="one open doubt")
        doubt.take("reopen", store.content_of(item), round=doubt.row["round"] + 1, may_return=False)

    answers, taken = await store.decide(session, items, lambda _: "reopen", take)
    await store.write(session, taken.values())
    return answers


async def _clear_out(session: AsyncSession, keys: KeyRing, closed: list[dict[str, Any]]) -> None:
    """Remove the households whose doubts say so; the first doubt of a household carries the change."""
    guilty: dict[UUID, dict[str, Any]] = {}
    for now in closed:
        if now["status"] == "closed" and verdicts()[now["verdict"]].starts == "removal":
            guilty.setdefault(now["household_id"], now)
    still = set((await session.execute(_REGISTERED, {"ids": list(guilty)})).scalars()) if guilty else set()
    removals = []
    for household_id, now in guilty.items():
        if household_id in still:
            now["change_id"] = uuid7()
            removals.append(
                ChangeIn(
                    id=now["change_id"],
                    kind="removal",
                    household_id=household_id,
                    effective_on=now["closed_on"],
                    reason="wrongly_included",
                    ground=f"疑点核实属实，错评剔除（疑点 {now['id']}，规则 {now['rule']}）",
                )
            )
    if removals:
        done = await changes.decide(session, keys, removals, through="doubts")
        if refused := next((answer.problem for answer in done.items if answer.status == "refused"), None):
            raise Conflict(field="items", rule=refused.type)

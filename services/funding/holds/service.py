"""Hold what may not go on, and decide of it."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.holds import queries, rules
from services.funding.holds.records import Gate, Hold
from services.funding.holds.schemas import DecisionIn
from shared.database.rows import typed
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.names.ids import uuid7
from shared.security import audit


async def gate(session: AsyncSession, documents: Iterable[UUID]) -> Gate:
    """A gate for some documents, with what was released of them."""
    released: dict[UUID, list[Hold]] = defaultdict(list)
    for one in typed(Hold, await session.execute(queries.RELEASED, {"documents": list(documents)})):
        released[one.document_id].append(one)
    return Gate(released)


async def keep(session: AsyncSession, gate: Gate) -> None:
    """Keep on record what a gate has held, and that what has passed is held no longer."""
    actor = caller_of(session).subject
    for matter, objections in gate.held.values():
        reasons = rules.reasons(objections)
        values = {
            "id": uuid7(),
            "division": matter.division,
            "kind": matter.kind,
            "document": matter.id,
            "household_id": matter.household_id,
            "reasons": json.dumps(reasons, ensure_ascii=False),
            "applied_by": matter.applied_by,
            "inspected_by": matter.inspected_by,
            "approved_by": matter.approved_by,
            "actor": actor,
        }
        held = (await session.execute(queries.HOLD, values)).scalar_one()
        after = {"document": str(matter.id), "reasons": [reason["code"] for reason in reasons]}
        audit.record(session, f"{matter.kind}.held", "hold", held, matter.division, after=after)
    if gate.passed:
        over = await session.execute(queries.LAPSE, {"documents": gate.passed, "actor": actor})
        for row in over:
            audit.record(
                session, "hold.lapse", "hold", row.id, row.division, after={"document": str(row.document_id)}
            )


async def decide(session: AsyncSession, items: Sequence[DecisionIn]) -> Answers:
    """Release what is held, or refuse the document; somebody who had no part in it."""
    bound, actor = {"ids": [item.id for item in items]}, caller_of(session).subject
    for documents in queries.DOCUMENTS.values():
        await session.execute(documents, bound)
    locked = {one.id: one for one in typed(Hold, await session.execute(queries.LOCK, bound))}
    decided: list[DecisionIn] = []

    def decide_one(item: DecisionIn) -> Outcome:
        if not rules.decision(locked.get(item.id), item, actor):
            return "unchanged"
        decided.append(item)
        return "accepted"

    answers = answer_each(items, decide_one)
    for item in decided:
        hold = locked[item.id]
        await session.execute(queries.DECIDE, item.model_dump() | {"actor": actor})
        if item.decision == "refuse":
            reasons = json.dumps([rules.refused(item)], ensure_ascii=False)
            await session.execute(queries.REFUSE[hold.document_kind], {"id": hold.document_id, "reasons": reasons})
        after = {"document": str(hold.document_id), "ground": item.ground}
        audit.record(session, f"hold.{item.decision}", "hold", item.id, hold.division, after=after)
    return answers

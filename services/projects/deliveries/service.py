"""Accept what projects brought."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.projects.deliveries import queries, rules
from services.projects.deliveries.records import Delivery, Planned
from services.projects.deliveries.schemas import DeliveryIn
from services.projects.projects import store
from shared import policy
from shared.database.rows import typed
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.security import audit
from shared.time import clock


async def deliver(session: AsyncSession, items: Sequence[DeliveryIn]) -> Answers:
    """Accept outputs of funded projects; a project with all of them is delivered."""
    actor, today = caller_of(session).subject, await clock.today(session)
    projects = await store.lock(session, [item.project_id for item in items])
    found = typed(Delivery, await session.execute(queries.KNOWN, {"ids": [item.id for item in items]}))
    known = {delivery.id: delivery for delivery in found}
    planned = typed(Planned, await session.execute(queries.PLANNED, {"ids": list(projects)}))
    units = {(output.project_id, output.kind): output.unit for output in planned}
    left = {(output.project_id, output.kind): output.left for output in planned}
    more = (await policy.resolve(session, "project.over_delivery", caller_of(session).division, today)).flag()
    fresh: list[DeliveryIn] = []

    def decide(item: DeliveryIn) -> Outcome:
        if item.id in known:
            rules.delivered_again(known[item.id], item)
            return "unchanged"
        key = (item.project_id, item.kind)
        rules.acceptable(item, store.existing(projects, item.project_id, field="project_id"), actor, today)
        rules.within_plan(item, left.get(key), more=more)
        left[key] -= item.quantity
        fresh.append(item)
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        rows: list[dict[str, object]] = [
            item.model_dump()
            | {
                "division": projects[item.project_id].division,
                "unit": units[item.project_id, item.kind],
                "actor": actor,
            }
            for item in fresh
        ]
        await session.execute(queries.KEEP, rows)
    for item in fresh:
        after = {"kind": item.kind, "quantity": str(item.quantity)}
        division = projects[item.project_id].division
        audit.record(session, "project.delivery", "project", item.project_id, division, after=after)
    done = (await session.execute(queries.DELIVERED, {"ids": list(projects)})).scalars()
    await store.publish(session, "delivered", list(done))
    return answers

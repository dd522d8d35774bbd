"""What projects brought, accepted on the spot by somebody else than their proposer."""

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.projects.projects import store
from services.projects.projects.schemas import OutputKind, Quantity
from shared import policy
from shared.database.session import caller_of
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf, Outcome, answer_each
from shared.problems import Conflict, Forbidden, Invalid
from shared.security import audit
from shared.time import clock

router = APIRouter(prefix="/projects", tags=["deliveries"], route_class=UnitRoute)
_KNOWN = text("SELECT id, project_id, kind, quantity FROM delivery WHERE id = ANY(:ids)")
_PLANNED = text("""
    SELECT o.project_id, o.kind, o.unit, o.planned,
        o.planned - coalesce((SELECT sum(d.quantity) FROM delivery d
                              WHERE d.project_id = o.project_id AND d.kind = o.kind), 0) AS left
    FROM output o WHERE o.project_id = ANY(:ids)
""")
_KEEP = text("""
    INSERT INTO delivery (id, project_id, division, kind, unit, quantity, delivered_on, captured_at, accepted_by)
    VALUES (:id, :project_id, :division, :kind, :unit, :quantity, :delivered_on, :captured_at, :actor)
""")
_DELIVERED = text("""
    UPDATE project p SET status = 'delivered', version = version + 1
    WHERE id = ANY(:ids) AND status = 'funded' AND NOT EXISTS (
        SELECT FROM output o WHERE o.project_id = p.id AND o.planned > coalesce(
            (SELECT sum(d.quantity) FROM delivery d WHERE d.project_id = o.project_id AND d.kind = o.kind), 0))
    RETURNING id
""")


class DeliveryIn(BaseModel):
    """Some of one output, in its unit."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    project_id: UUID
    kind: OutputKind
    quantity: Quantity
    delivered_on: date
    captured_at: AwareDatetime | None = None


class DeliveryDiffers(Conflict):
    slug, zh, en = "delivery-differs", "此编号已用于另一次验收", "This id stands for another delivery"


class NotFunded(Conflict):
    slug, zh, en = "project-not-funded", "项目资金尚未到位", "The project's money has not been paid yet"


class NotPlanned(Invalid):
    slug, zh, en = "output-not-planned", "计划中没有此项产出", "The plan of the project has no such output"


class MoreThanPlanned(Invalid):
    slug, zh, en = "more-than-planned", "超过计划数量，尚余{left}", "More than was planned; {left} are left"


class NotDeliveredYet(Invalid):
    slug, zh, en = "not-delivered-yet", "交付日期晚于今天", "It cannot have been delivered in the future"


class ProposerAccepts(Forbidden):
    slug, zh, en = "two-people", "申报人不能验收自己的项目", "Who proposed a project does not accept what it brought"


@router.post("/deliveries")
async def deliver(session: Session, body: ListOf[DeliveryIn]) -> Answers:
    """Accept outputs of funded projects; a project with all of them is delivered."""
    items, actor, today = body.items, caller_of(session).subject, await clock.today(session)
    rows = await store.lock(session, [item.project_id for item in items])
    known = {row.id: row for row in await session.execute(_KNOWN, {"ids": [item.id for item in items]})}
    plans = await _plans(session, rows)
    left = {key: plan.left for key, plan in plans.items()}
    more = (await policy.resolve(session, "project.over_delivery", caller_of(session).division, today)).value
    fresh: list[dict[str, Any]] = []

    def decide(item: DeliveryIn) -> Outcome:
        if row := known.get(item.id):
            if (row.project_id, row.kind, row.quantity) != (item.project_id, item.kind, item.quantity):
                raise DeliveryDiffers(field="id", rule="one id, one delivery")
            return "unchanged"
        project, key = store.existing(rows, item.project_id), (item.project_id, item.kind)
        _check(item, project, actor, today)
        if key not in plans:
            raise NotPlanned(field="kind", rule="the plan")
        if item.quantity > left[key] and not more:
            raise MoreThanPlanned(field="quantity", rule="project.over_delivery", left=str(left[key]))
        left[key] -= item.quantity
        fresh.append(item.model_dump() | {"division": project.division, "unit": plans[key].unit, "actor": actor})
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        await session.execute(_KEEP, fresh)
    for row in fresh:
        after = {"kind": row["kind"], "quantity": str(row["quantity"])}
        audit.record(session, "project.delivery", "project", row["project_id"], row["division"], after=after)
    done = (await session.execute(_DELIVERED, {"ids": list(rows)})).scalars()
    await store.tell(session, "delivered", list(done))
    return answers


def _check(item: DeliveryIn, project: Any, actor: str, today: date) -> None:
    if project.status not in ("funded", "delivered"):
        raise NotFunded(field="project_id", rule="after funded")
    if project.proposed_by == actor:
        raise ProposerAccepts(field="project_id", rule="two people")
    if item.delivered_on > today:
        raise NotDeliveredYet(field="delivered_on", rule="not in the future")


async def _plans(session: AsyncSession, rows: dict[UUID, Any]) -> dict[tuple[UUID, str], Any]:
    return {(row.project_id, row.kind): row for row in await session.execute(_PLANNED, {"ids": list(rows)})}

"""Which registered households take part in a project."""

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.projects.contracts import PARTICIPATION, ParticipationState
from services.projects.projects import store
from shared.database.session import caller_of
from shared.events import outbox
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf, Outcome, answer_each
from shared.problems import Conflict, NotFound
from shared.security import audit
from shared.time import clock

router = APIRouter(prefix="/projects", tags=["participations"], route_class=UnitRoute)
_KNOWN = text("""
    SELECT id, project_id, household_id FROM participation
    WHERE id = ANY(:ids) OR (project_id = ANY(:projects) AND household_id = ANY(:households))
""")
_HOUSEHOLDS = text("SELECT id, division, status FROM household WHERE id = ANY(:ids)")
_KEEP = text("""
    INSERT INTO participation (id, project_id, household_id, division, recorded_by)
    VALUES (:id, :project_id, :household_id, :division, :actor)
""")


class ParticipationIn(BaseModel):
    """A household takes part in a project of its village."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    project_id: UUID
    household_id: UUID


class TakesPartAlready(Conflict):
    slug, zh, en = "takes-part-already", "该户已参与此项目", "The household takes part in this project already"


class NotRegistered(NotFound):
    slug, zh, en = (
        "household-not-registered",
        "辖区内没有这一建档立卡户",
        "No such registered household in your division",
    )


class OtherVillage(Conflict):
    slug, zh, en = "other-village", "该户不在项目所在村", "The household lives in another village than the project"


@router.post("/participations")
async def take_part(session: Session, body: ListOf[ParticipationIn]) -> Answers:
    """Record households that take part."""
    items, actor, today = body.items, caller_of(session).subject, await clock.today(session)
    rows = await store.lock(session, [item.project_id for item in items])
    wanted = [item.household_id for item in items]
    households = {row.id: row for row in await session.execute(_HOUSEHOLDS, {"ids": wanted})}
    bound = {"ids": [item.id for item in items], "projects": list(rows), "households": wanted}
    known = (await session.execute(_KNOWN, bound)).all()
    by_id, pairs = {row.id: row for row in known}, {(row.project_id, row.household_id) for row in known}
    fresh: list[dict[str, Any]] = []

    def decide(item: ParticipationIn) -> Outcome:
        pair = (item.project_id, item.household_id)
        if (row := by_id.get(item.id)) and (row.project_id, row.household_id) == pair:
            return "unchanged"
        project, household = store.existing(rows, item.project_id), households.get(item.household_id)
        if household is None or household.status == "removed":
            raise NotRegistered(field="household_id")
        if household.division != project.division:
            raise OtherVillage(field="household_id", rule="same village")
        if pair in pairs or item.id in by_id:
            raise TakesPartAlready(field="household_id", rule="once")
        pairs.add(pair)
        fresh.append(item.model_dump() | {"division": project.division, "actor": actor})
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        await session.execute(_KEEP, fresh)
    for row in fresh:
        after = {"project_id": str(row["project_id"])}
        household, village = row["household_id"], row["division"]
        audit.record(session, "project.participation", "household", household, village, after=after)
        _tell(session, row, rows[row["project_id"]], today)
    return answers


def _tell(session: AsyncSession, row: dict[str, Any], project: Any, today: date) -> None:
    state = ParticipationState(
        id=row["id"],
        project_id=project.id,
        household_id=row["household_id"],
        division=project.division,
        name=project.name,
        kind=project.kind,
        recorded_on=today,
    )
    outbox.publish(session, PARTICIPATION, "recorded", state, key=row["household_id"], sequence=1, subject=row["id"])

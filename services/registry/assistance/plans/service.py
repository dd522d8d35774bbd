"""Read a household's plans as a whole: measures, milestones, days left."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.plans import queries
from services.registry.assistance.plans.propose import standards
from services.registry.assistance.plans.schemas import Measure, Milestone, Plan
from shared.database.session import caller_of
from shared.time import clock


async def plans(session: AsyncSession, household_id: UUID) -> list[Plan]:
    """The plan in force and the one that waits for approval, where there are such."""
    rows = (await session.execute(queries.PLAN, {"household_id": household_id})).all()
    ids = [row.id for row in rows]
    names = (await standards(session, caller_of(session).division, await clock.today(session))).batches.value
    points: dict[UUID, list[Milestone]] = defaultdict(list)
    for row in await session.execute(queries.MILESTONES, {"ids": ids}):
        values = dict(row._mapping)  # noqa: SLF001 (a row's public mapping)
        points[values.pop("measure_id")].append(Milestone(**values))
    measures: dict[UUID, list[Measure]] = defaultdict(list)
    for row in await session.execute(queries.MEASURES, {"ids": ids}):
        values = dict(row._mapping)  # noqa: SLF001 (a row's public mapping)
        measures[values.pop("plan_id")].append(_measure(values, names, points[row.id]))
    return [Plan(**row._mapping, measures=measures[row.id]) for row in rows]  # noqa: SLF001 (a row's public mapping)


def _measure(values: dict[str, Any], names: dict[str, Any], milestones: list[Milestone]) -> Measure:
    zh = names.get(values["batch"], {}).get("zh", values["batch"])
    return Measure(**values, batch_zh=zh, milestones=milestones)

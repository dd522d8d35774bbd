"""Record which registered households take part in a project."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.projects.contracts import PARTICIPATION, ParticipationState
from services.projects.participations import queries, rules
from services.projects.participations.records import Participation
from services.projects.participations.schemas import ParticipationIn
from services.projects.projects import store
from services.projects.projects.records import Project
from shared.database.rows import typed
from shared.database.session import caller_of
from shared.events import outbox
from shared.households.queries import get as households
from shared.http.items import Answers, Outcome, answer_each
from shared.security import audit
from shared.time import clock


async def take_part(session: AsyncSession, items: Sequence[ParticipationIn]) -> Answers:
    """Record households that take part, each once in a project."""
    actor, today = caller_of(session).subject, await clock.today(session)
    projects = await store.lock(session, [item.project_id for item in items])
    wanted = [item.household_id for item in items]
    living = await households(session, wanted)
    bound = {"ids": [item.id for item in items], "projects": list(projects), "households": wanted}
    known = typed(Participation, await session.execute(queries.KNOWN, bound))
    by_id, pairs = {one.id: one for one in known}, {(one.project_id, one.household_id) for one in known}
    fresh: list[ParticipationIn] = []

    def decide(item: ParticipationIn) -> Outcome:
        pair, before = (item.project_id, item.household_id), by_id.get(item.id)
        if before and (before.project_id, before.household_id) == pair:
            return "unchanged"
        project = store.existing(projects, item.project_id, field="project_id")
        rules.may_take_part(project, living.get(item.household_id))
        if pair in pairs or before:
            raise rules.TakesPartAlready(field="household_id", rule="once")
        pairs.add(pair)
        fresh.append(item)
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        rows = [
            item.model_dump() | {"division": projects[item.project_id].division, "actor": actor} for item in fresh
        ]
        await session.execute(queries.KEEP, rows)
    for item in fresh:
        project, after = projects[item.project_id], {"project_id": str(item.project_id)}
        audit.record(session, "project.participation", "household", item.household_id, project.division, after=after)
        _publish(session, item, project, today)
    return answers


def _publish(session: AsyncSession, item: ParticipationIn, project: Project, today: date) -> None:
    state = ParticipationState(
        id=item.id,
        project_id=project.id,
        household_id=item.household_id,
        division=project.division,
        name=project.name,
        kind=project.kind,
        recorded_on=today,
    )
    outbox.publish(session, PARTICIPATION, "recorded", state, key=item.household_id, sequence=1, subject=item.id)

"""Propose and approve projects: two people."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.projects.projects import queries, rules, store
from services.projects.projects.records import Proposed
from services.projects.projects.schemas import ApprovalIn, OutputRow, ProjectDetail, ProjectIn, ProjectRow
from shared import policy
from shared.database.rows import typed
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.names.money import yuan
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock


async def propose(session: AsyncSession, items: Sequence[ProjectIn]) -> Answers:
    """Record projects with their plans."""
    today, caller = await clock.today(session), caller_of(session)
    units = (await policy.resolve(session, "project.outputs", caller.division, today)).read(dict[str, str])
    found = typed(Proposed, await session.execute(queries.KNOWN, {"ids": [item.id for item in items]}))
    known = {project.id: project for project in found}
    fresh: list[ProjectIn] = []

    def decide(item: ProjectIn) -> Outcome:
        if item.id in known:
            rules.proposed_again(known[item.id], item)
            return "unchanged"
        if not caller.covers(item.division):
            raise DivisionForbidden(field="division")
        rules.plan(item, units)
        fresh.append(item)
        return "accepted"

    answers = answer_each(items, decide)
    for item in fresh:
        await session.execute(queries.PROPOSE, item.model_dump(exclude={"outputs"}) | {"actor": caller.subject})
        common = {"project_id": item.id, "division": item.division}
        plan = [output.model_dump() | common | {"unit": units[output.kind]} for output in item.outputs]
        await session.execute(queries.PLAN, plan)
        after = {"name": item.name, "budget": yuan(item.budget)}
        audit.record(session, "project.proposed", "project", item.id, item.division, after=after)
    await store.publish(session, "proposed", [item.id for item in fresh])
    return answers


async def approve(session: AsyncSession, items: Sequence[ApprovalIn]) -> Answers:
    """Approve projects; somebody else than who proposed them."""
    locked = await store.lock(session, [item.id for item in items])
    actor, approved = caller_of(session).subject, list[UUID]()

    def decide(item: ApprovalIn) -> Outcome:
        if not rules.approval(store.existing(locked, item.id), actor):
            return "unchanged"
        approved.append(item.id)
        return "accepted"

    answers = answer_each(items, decide)
    await session.execute(queries.APPROVE, {"ids": approved, "actor": actor, "day": await clock.today(session)})
    for id in approved:
        audit.record(session, "project.approved", "project", id, locked[id].division)
    await store.publish(session, "approved", approved)
    return answers


async def read(session: AsyncSession, id: UUID) -> ProjectDetail:
    """A project with its outputs and the households that take part. Raises NoSuchProject (404)."""
    row = (await session.execute(queries.ONE, {"id": id})).one_or_none()
    if row is None:
        raise rules.NoSuchProject(field="project_id")
    outputs = [OutputRow.model_validate(one) for one in await session.execute(queries.OUTPUTS, {"id": id})]
    households = list((await session.execute(queries.HOUSEHOLDS, {"id": id})).scalars())
    shown = ProjectRow.model_validate(row).model_dump()
    return ProjectDetail(**shown, outputs=outputs, households=households)

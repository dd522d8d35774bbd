"""Propose and approve projects: two people."""

from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.projects.projects import store
from services.projects.projects.schemas import ApprovalIn, ProjectIn
from shared import policy
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.names.money import yuan
from shared.problems import Conflict, Forbidden, Invalid
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock

_KNOWN = text("SELECT id, division, name, budget FROM project WHERE id = ANY(:ids)")
_PROPOSE = text("""
    INSERT INTO project (id, division, name, kind, budget, starts_on, ends_on, status, captured_at, proposed_by)
    VALUES (:id, :division, :name, :kind, :budget, :starts_on, :ends_on, 'proposed', :captured_at, :actor)
""")
_OUTPUT = text("""
    INSERT INTO output (project_id, division, kind, unit, planned)
    VALUES (:project_id, :division, :kind, :unit, :quantity)
""")
_APPROVE = text("""
    UPDATE project SET status = 'approved', approved_by = :actor, approved_on = :day, version = version + 1
    WHERE id = ANY(:ids)
""")


class ProjectDiffers(Conflict):
    slug, zh, en = "project-differs", "此编号已用于另一项目", "This id stands for another project"


class OutputUnknown(Invalid):
    slug, zh, en = "output-unknown", "产出目录中没有“{kind}”", "'{kind}' is not on the list of outputs"


class WrongStep(Conflict):
    slug, zh, en = "project-wrong-step", "项目当前状态为{state}，不能办理此步", "The project is {state}"
    words = MappingProxyType({"approved": "已审批", "funded": "已拨款", "delivered": "已交付"})


class ProposerApproves(Forbidden):
    slug, zh, en = "two-people", "申报人不能审批自己的项目", "Who proposed a project does not approve it"


async def propose(session: AsyncSession, items: list[ProjectIn]) -> Answers:
    """Record projects with their plans."""
    today, caller = await clock.today(session), caller_of(session)
    units = (await policy.resolve(session, "project.outputs", caller.division, today)).value
    known = {row.id: row for row in await session.execute(_KNOWN, {"ids": [item.id for item in items]})}
    fresh: list[ProjectIn] = []

    def decide(item: ProjectIn) -> Outcome:
        if row := known.get(item.id):
            if (row.division, row.name, row.budget) != (item.division, item.name, item.budget):
                raise ProjectDiffers(field="id", rule="one id, one project")
            return "unchanged"
        if not caller.covers(item.division):
            raise DivisionForbidden(field="division")
        for position, output in enumerate(item.outputs):
            if output.kind not in units:
                raise OutputUnknown(field=f"outputs[{position}].kind", rule="project.outputs", kind=output.kind)
        fresh.append(item)
        return "accepted"

    answers = answer_each(items, decide)
    for item in fresh:
        await session.execute(_PROPOSE, item.model_dump(exclude={"outputs"}) | {"actor": caller.subject})
        common = {"project_id": item.id, "division": item.division}
        plan = [output.model_dump() | common | {"unit": units[output.kind]} for output in item.outputs]
        await session.execute(_OUTPUT, plan)
        after = {"name": item.name, "budget": yuan(item.budget)}
        audit.record(session, "project.proposed", "project", item.id, item.division, after=after)
    await store.tell(session, "proposed", [item.id for item in fresh])
    return answers


async def approve(session: AsyncSession, items: list[ApprovalIn]) -> Answers:
    """Approve projects; somebody else than who proposed them."""
    rows = await store.lock(session, [item.id for item in items])
    actor, approved = caller_of(session).subject, list[UUID]()

    def decide(item: ApprovalIn) -> Outcome:
        row: Any = store.existing(rows, item.id)
        if row.status != "proposed":
            if row.approved_by == actor:
                return "unchanged"
            raise WrongStep(field="id", rule="after proposed", state=row.status)
        if row.proposed_by == actor:
            raise ProposerApproves(field="id", rule="two people")
        approved.append(item.id)
        return "accepted"

    answers = answer_each(items, decide)
    await session.execute(_APPROVE, {"ids": approved, "actor": actor, "day": await clock.today(session)})
    for id in approved:
        audit.record(session, "project.approved", "project", id, rows[id].division)
    await store.tell(session, "approved", approved)
    return answers

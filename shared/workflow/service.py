"""Cases as they are read: how far they are, what is missing, who must act and by when."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.rows import typed
from shared.database.session import caller_of
from shared.events.republish import Present
from shared.households.schemas import Listed, Namer, told
from shared.http import paging
from shared.names.divisions import within
from shared.policy import Reference
from shared.security import audit
from shared.time import clock
from shared.workflow import judges, progress, queries, rules, store
from shared.workflow.batches import batches
from shared.workflow.case import Case, Json, Reason
from shared.workflow.kinds import Procedures
from shared.workflow.progress import StepState


class Work(Listed):
    """A case on a worklist: which office has to do what by when. ``step`` is absent where nothing is left to do."""

    id: UUID
    subject_kind: str
    subject_id: UUID
    division: str
    procedure: str
    status: str
    step: str | None
    zh: str | None
    en: str | None
    level: str | None
    roles: list[str]
    posts: list[str]
    since: date
    due_on: date
    overdue: bool
    notice_until: date | None
    open_objections: int
    batch_id: UUID | None


class ReturnNote(BaseModel):
    """That a case was sent back: to which step, why, when and by whom."""

    to: str
    reason: str
    on: date
    by: str


class CaseDetail(Work):
    """A case with everything that was recorded in it, and what its decision rests on.

    ``notes`` are what those who decide have to know of it, such as that the household declines.
    """

    name: str
    size: int | None
    category: str
    ground: str
    outcome: str
    facts: dict[str, Json]
    steps: list[StepState]
    returns: list[ReturnNote]
    notes: list[Reason]
    reasons: list[Reason]
    policies: list[Reference]
    notice_id: UUID | None
    opened_by: str
    opened_on: date
    decided_by: str | None
    decided_on: date | None
    version: int


async def page(
    session: AsyncSession,
    namer: Namer,
    asked: Mapping[str, object],
    division: str | None,
    limit: int,
    cursor: str | None,
) -> paging.Page[Work]:
    """Cases by the day on which somebody has to have acted: the overdue ones first."""
    low = division or caller_of(session).division
    day, id = paging.decode(cursor, 2) or ("0001-01-01", paging.FIRST[1])
    bound = {**within(low), "day": day, "id": id, "limit": limit + 1}
    rows = (await session.execute(queries.LIST, {**asked, **bound})).all()
    found, today = await store.read(session, [row.id for row in rows]), await clock.today(session)
    items = [work(found[row.id], today) for row in rows]
    page = paging.page(items, limit, lambda last: [last.due_on, last.id])
    return await told(session, page, lambda row: row.subject_id if row.subject_kind == "household" else None, namer)


async def one(session: AsyncSession, procedures: Procedures, id: UUID) -> CaseDetail:
    """A case. Raises NoSuchCase (404)."""
    case = store.existing(await store.read(session, [id]), id, "case_id")
    today = await clock.today(session)
    listed = await batches(session, [case.batch_id])
    batch = listed.get(case.batch_id) if case.batch_id else None
    counts = (len(batch.drawn), len(batch.checked)) if batch else None
    returns = (await session.execute(queries.RETURNS, {"ids": [id]})).all()
    audit.read(session, case.subject.kind, case.subject.id, case.division, reason=f"case {id}")
    return CaseDetail(
        **work(case, today).model_dump(),
        name=case.subject.name,
        size=case.subject.size,
        category=case.subject.category,
        ground=case.ground,
        outcome=case.outcome,
        facts=case.facts,
        steps=progress.of_steps(case, procedures, counts),
        returns=[
            ReturnNote(to=row.record["to"], reason=row.record["reason"], on=row.done_on, by=row.recorded_by)
            for row in returns
        ],
        notes=judges.notes(case),
        reasons=case.reasons,
        policies=case.policies,
        notice_id=case.notice_id,
        opened_by=case.opened_by,
        opened_on=case.opened_on,
        decided_by=case.decided_by,
        decided_on=case.decided_on,
        version=case.version,
    )


def work(case: Case, today: date) -> Work:
    """Who has to do what by when."""
    step = case.step
    return Work(
        id=case.id,
        subject_kind=case.subject.kind,
        subject_id=case.subject.id,
        division=case.division,
        procedure=case.kind,
        status=case.status,
        step=step.step if step else None,
        zh=step.zh if step else None,
        en=step.en if step else None,
        level=step.level if step else None,
        roles=sorted(step.roles) if step else [],
        posts=[slot.post for slot in rules.unsigned(step, [done.part for done in case.parts()])] if step else [],
        since=case.since,
        due_on=case.due_on,
        overdue=bool(step) and not (case.notice_until and today < case.notice_until) and case.due_on < today,
        notice_until=case.notice_until,
        open_objections=case.objections,
        batch_id=case.batch_id,
    )


async def present(
    session: AsyncSession, procedures: Procedures, names: list[str], after: UUID | None, limit: int
) -> list[Present]:
    """Cases of some kinds by id, as their last event said; the key is the subject."""
    found = await session.execute(queries.NEXT, {"procedures": names, "after": after, "limit": limit})
    cases = [store.of_row(row) for row in typed(queries.CaseRow, found)]
    return [Present(case.id, case.subject.id, case.version, procedures.kind(case.kind).state(case)) for case in cases]

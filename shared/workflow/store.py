"""Cases in the database: lock them, keep what changed, publish what became of them."""

import json
from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.rows import typed
from shared.events import outbox
from shared.http.items import Answers
from shared.names.ids import uuid7
from shared.notices.objections import open_objections
from shared.problems import NotFound
from shared.security import audit
from shared.time import clock
from shared.workflow import queries
from shared.workflow.case import Case, Content, Done, Subject, settle
from shared.workflow.kinds import Procedures
from shared.workflow.procedure import Procedure
from shared.workflow.schemas import CaseAnswer, CaseAnswers


class NoSuchCase(NotFound):
    slug, zh, en = "no-such-case", "辖区内没有这一办理事项", "There is no such case in your division"


async def lock(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Case]:
    """The cases within the caller's division as they stand today, locked in the order of their ids."""
    return await _load(session, queries.LOCK, ids)


async def read(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Case]:
    """The cases within the caller's division as they stand today."""
    return await _load(session, queries.READ, ids)


async def _load(session: AsyncSession, statement: TextClause, ids: Iterable[UUID]) -> dict[UUID, Case]:
    wanted, today = {"ids": sorted(set(ids))}, await clock.today(session)
    cases = {row.id: of_row(row) for row in typed(queries.CaseRow, await session.execute(statement, wanted))}
    for row in await session.execute(queries.DONE, wanted):
        done = Done(row.position, row.part, row.record, row.done_on, row.recorded_by)
        cases[row.case_id].done.append(done)
    for id, count in (await open_objections(session, wanted["ids"])).items():
        if id in cases:
            cases[id].objections = count
    for case in cases.values():
        settle(case, today)
    return cases


def of_row(row: queries.CaseRow) -> Case:
    """A case without what was recorded in it."""
    return Case(
        id=row.id,
        division=row.division,
        kind=row.procedure,
        outcome=row.outcome,
        subject=Subject(row.subject_kind, row.subject_id, row.name, row.born, row.size, row.category),
        ground=row.ground,
        procedure=Procedure.model_validate(row.steps),
        policies=row.policies,
        status=row.status,
        position=row.position,
        since=row.since,
        due_on=row.due_on,
        notice_id=row.notice_id,
        notice_from=row.notice_from,
        notice_until=row.notice_until,
        batch_id=row.batch_id,
        reasons=row.reasons,
        opened_by=row.opened_by,
        opened_on=row.opened_on,
        office=row.office,
        office_roles=frozenset(row.office_roles),
        decided_by=row.decided_by,
        decided_on=row.decided_on,
        not_before=row.not_before,
        version=row.version,
        secret=row.secret,
        facts=row.facts,
        was=(row.step, row.status),
    )


def existing(cases: Mapping[UUID, Case], id: UUID, field: str = "id") -> Case:
    """Raises NoSuchCase."""
    if id not in cases:
        raise NoSuchCase(field=field)
    return cases[id]


async def save(session: AsyncSession, procedures: Procedures, cases: Iterable[Case]) -> None:
    """Keep the cases that moved, and publish what each has become."""
    moved = [case for case in cases if case.verb]
    for case in moved:
        case.version += 1
    back = [{"id": case.id, "position": case.back_to} for case in moved if case.back_to is not None]
    if back:
        await session.execute(queries.VOID, back)
    dropped = [{"id": case.id, "batch_id": case.left_batch} for case in moved if case.left_batch]
    if dropped:
        await session.execute(queries.DROP, dropped)
    if moved:
        await session.execute(queries.SAVE, [_row(case) for case in moved])
    over = [case.notice_id if case.ended else case.left_notice for case in moved]
    if any(over):
        await session.execute(queries.TAKE_DOWN, {"ids": [id for id in over if id]})
    fresh = [_record(case, done) for case in moved for done in case.fresh]
    if fresh:
        await session.execute(queries.RECORD, fresh)
    for case in moved:
        note(session, procedures, case)


def note(session: AsyncSession, procedures: Procedures, case: Case) -> None:
    """Publish what a case has become in this request, and note it in the audit log."""
    assert case.verb is not None
    publish(session, procedures, case, case.verb)
    step = case.step.step if case.step else None
    before = {"step": case.was[0], "status": case.was[1]} if case.was and case.verb != "opened" else None
    after = {"step": step, "status": case.status, f"{case.subject.kind}_id": str(case.subject.id)}
    audit.record(session, f"case.{case.verb}", "case", case.id, case.division, before=before, after=after)


def publish(session: AsyncSession, procedures: Procedures, case: Case, verb: str) -> None:
    """Publish a case's state under a verb; its subject is the key."""
    kind, key = procedures.kind(case.kind), case.subject.id
    outbox.publish(session, kind.aggregate, verb, kind.state(case), key=key, sequence=case.version, subject=case.id)


def with_reasons(answers: Answers, cases: Mapping[UUID, Case]) -> CaseAnswers:
    """The answers, with the reasons of cases that ended by what was done, and end so still when it is sent again."""
    items = []
    for answer in answers.items:
        case = cases.get(answer.id)
        reasons = case.reasons if case and case.status == "refused" and answer.status != "refused" else []
        items.append(CaseAnswer(**dict(answer), reasons=reasons))
    return CaseAnswers(items=items)


async def last_returns(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, tuple[Content, str]]:
    """What was said when cases were last sent back, and by whom."""
    rows = await session.execute(queries.RETURNS, {"ids": sorted(set(ids))})
    return {row.case_id: (row.record, row.recorded_by) for row in rows}


def _row(case: Case) -> dict[str, object]:
    step, after = case.step, case.step_after_notice
    return {
        "id": case.id,
        "status": case.status,
        "position": case.position,
        "since": case.since,
        "due_on": case.due_on,
        "notice_id": case.notice_id,
        "notice_from": case.notice_from,
        "notice_until": case.notice_until,
        "batch_id": case.batch_id,
        "not_before": case.not_before,
        "decided_by": case.decided_by,
        "decided_on": case.decided_on,
        "version": case.version,
        "step": step.step if step else None,
        "level": step.level if step else None,
        "policies": json.dumps(case.policies),
        "reasons": json.dumps(case.reasons, ensure_ascii=False),
        "facts": json.dumps(case.facts, ensure_ascii=False),
        "next_step": after.step if after else None,
        "next_level": after.level if after else None,
        "next_due_on": after.due(case.notice_until) if after and case.notice_until else None,
    }


def _record(case: Case, done: Done) -> dict[str, object]:
    return {
        "id": uuid7(),
        "case_id": case.id,
        "division": case.division,
        "position": done.position,
        "step": case.steps[done.position].step,
        "part": done.part,
        "record": json.dumps(done.record, ensure_ascii=False),
        "on": done.on,
        "actor": done.actor,
        "void": done.void,
    }

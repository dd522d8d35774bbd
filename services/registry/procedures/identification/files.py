"""Case files in the database: lock them, keep what changed, tell what became of them."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.contracts import CASE, CaseState, PolicyUsed
from services.registry.procedures.identification.file import Done, File, settle
from services.registry.procedures.identification.procedure import Procedure
from services.registry.procedures.notices.objections import OPEN
from shared.events import outbox
from shared.names.ids import uuid7
from shared.problems import NotFound
from shared.security import audit
from shared.time import clock

_LOCK = text("SELECT * FROM case_file WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_READ = text("SELECT * FROM case_file WHERE id = ANY(:ids) ORDER BY id")
_DONE = text("SELECT * FROM case_step WHERE case_id = ANY(:ids) AND NOT void ORDER BY position, recorded_at, id")
_SAVE = text("""
    UPDATE case_file SET status = :status, position = :position, step = :step, level = :level, since = :since,
        due_on = :due_on, notice_id = :notice_id, notice_from = :notice_from, notice_until = :notice_until,
        list_id = :list_id, not_before = :not_before, policies = CAST(:policies AS jsonb),
        reasons = CAST(:reasons AS jsonb), decided_by = :decided_by,
        decided_on = :decided_on, version = :version, content = CASE WHEN :status = 'open' THEN content END
    WHERE id = :id
""")
_VOID = text("UPDATE case_step SET void = true WHERE case_id = :id AND position >= :position")
_DROP = text("UPDATE case_list_member SET dropped = true WHERE case_id = :id AND list_id = :list_id")
_RECORD = text("""
    INSERT INTO case_step (id, case_id, division, position, step, part, record, done_on, recorded_by)
    VALUES (:id, :case_id, :division, :position, :step, :part, CAST(:record AS jsonb), :on, :actor)
""")


class NoSuchCase(NotFound):
    slug, zh, en = "no-such-case", "辖区内没有这一办理事项", "There is no such case in your division"


async def lock(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, File]:
    """The cases within sight as they stand today, locked in the order of their ids."""
    return await _load(session, _LOCK, ids)


async def read(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, File]:
    """The cases within sight as they stand today."""
    return await _load(session, _READ, ids)


async def _load(session: AsyncSession, statement: Any, ids: Iterable[UUID]) -> dict[UUID, File]:
    wanted, today = {"ids": sorted(set(ids))}, await clock.today(session)
    rows = (await session.execute(statement, wanted)).all()
    files = {row.id: of_row(row) for row in rows}
    for row in await session.execute(_DONE, wanted):
        done = Done(row.position, row.part, row.record, row.done_on, row.recorded_by)
        files[row.case_id].done.append(done)
    for row in await session.execute(OPEN, wanted):
        files[row.case_id].objections = row.open
    for file in files.values():
        settle(file, today)
    return files


def of_row(row: Any) -> File:
    """A file without what was recorded in it."""
    return File(
        id=row.id,
        division=row.division,
        procedure_name=row.procedure,
        outcome=row.outcome,
        household_id=row.household_id,
        procedure=Procedure.model_validate(row.steps),
        policies=row.policies,
        status=row.status,
        position=row.position,
        since=row.since,
        due_on=row.due_on,
        notice_id=row.notice_id,
        notice_from=row.notice_from,
        notice_until=row.notice_until,
        list_id=row.list_id,
        reasons=row.reasons,
        opened_by=row.opened_by,
        opened_on=row.opened_on,
        decided_by=row.decided_by,
        decided_on=row.decided_on,
        not_before=row.not_before,
        version=row.version,
        about=row,
    )


def existing(files: dict[UUID, File], id: UUID, field: str = "id") -> File:
    """Raises NoSuchCase."""
    if id not in files:
        raise NoSuchCase(field=field)
    return files[id]


async def save(session: AsyncSession, files: Iterable[File]) -> None:
    """Keep the files that moved, and tell of each what it has become."""
    moved = [file for file in files if file.verb]
    for file in moved:
        file.version += 1
    back = [file for file in moved if file.back_to is not None]
    if back:
        await session.execute(_VOID, [{"id": file.id, "position": file.back_to} for file in back])
    dropped = [{"id": file.id, "list_id": file.about.list_id} for file in moved if file.dropped]
    if dropped:
        await session.execute(_DROP, dropped)
    if moved:
        await session.execute(_SAVE, [_row(file) for file in moved])
    fresh = [_fresh(file, done) for file in moved for done in file.fresh]
    if fresh:
        await session.execute(_RECORD, fresh)
    for file in moved:
        tell(session, file)


def tell(session: AsyncSession, file: File) -> None:
    """Publish a file's state under its verb, and note it in the audit record."""
    assert file.verb is not None
    key, state = file.household_id, state_of(file)
    outbox.publish(session, CASE, file.verb, state, key=key, sequence=file.version, subject=file.id)
    after = {"step": state.step, "status": file.status, "household_id": str(file.household_id)}
    before = {"step": file.about.step, "status": file.about.status} if file.verb != "opened" else None
    audit.record(session, f"case.{file.verb}", "case", file.id, file.division, before=before, after=after)


def state_of(file: File) -> CaseState:
    """The public state of a case."""
    return CaseState(
        id=file.id,
        household_id=file.household_id,
        division=file.division,
        procedure=file.procedure_name,
        status=file.status,
        step=file.step.step if file.step else None,
        due_on=file.due_on,
        decided_on=file.decided_on,
        policies=[PolicyUsed(key=p["key"], division=p["division"], version=p["version"]) for p in file.policies],
    )


def _row(file: File) -> dict[str, Any]:
    names = ["id", "status", "position", "since", "due_on", "notice_id", "notice_from", "notice_until", "list_id"]
    names += ["not_before", "decided_by", "decided_on", "version"]
    step = file.step
    return {name: getattr(file, name) for name in names} | {
        "step": step.step if step else None,
        "level": step.level if step else None,
        "policies": json.dumps(file.policies),
        "reasons": json.dumps(file.reasons, ensure_ascii=False),
    }


def _fresh(file: File, done: Done) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "case_id": file.id,
        "division": file.division,
        "position": done.position,
        "step": file.steps[done.position].step,
        "part": done.part,
        "record": json.dumps(done.record, ensure_ascii=False),
        "on": done.on,
        "actor": done.actor,
    }

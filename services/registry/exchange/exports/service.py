"""Exports: asked for with a reason, those with whole numbers released by somebody else, every download on record."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.exports import queries
from services.registry.exchange.exports.schemas import Decision, Export, ExportIn
from services.registry.exchange.imports.layout import layouts
from services.registry.register.households.viewers import seen_division
from shared import jobs, policy
from shared.database.session import caller_of
from shared.http import paging
from shared.names.ids import uuid7
from shared.problems import Conflict, Forbidden, Invalid, NotFound
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock


class NoSuchExport(NotFound):
    slug, zh, en = "no-such-export", "没有这次导出", "There is no such export"


class NoSuchLayout(Invalid):
    slug, zh, en = "no-such-layout", "没有这种版式", "There is no such layout"


class ExportTaken(Conflict):
    slug, zh, en = "export-taken", "该编号已用于另一次导出", "This id stands for another export"


class NothingToDecide(Conflict):
    slug = "nothing-to-decide"
    zh = "不是待批准的导出"
    en = "This export is not waiting for a release"


class SamePerson(Forbidden):
    slug = "same-person"
    zh = "含原始号码的导出须由申请人以外的人批准"
    en = "An export with plain numbers is released by somebody else than who asked for it"


class NotReady(Conflict):
    slug = "export-not-ready"
    zh = "文件尚未生成、未获批准或已过保留期"
    en = "The file is not made, not released, or no longer kept"


class ForTheRequester(Forbidden):
    slug = "for-the-requester"
    zh = "含原始号码的文件只供申请人下载"
    en = "A file with plain numbers goes to whoever asked for it"


async def ask(session: AsyncSession, body: ExportIn) -> Export:
    """Ask for an export; one without whole numbers is made at once."""
    caller = caller_of(session)
    if not caller.covers(body.division):
        raise DivisionForbidden(field="division")
    if body.layout not in layouts():
        raise NoSuchLayout(field="layout", rule="a layout of the register")
    job = None if body.plain else uuid7()
    values = body.model_dump() | {"actor": caller.subject, "job_id": job}
    if (await session.execute(queries.ADD, values)).scalar() is None:
        there = await find(session, body.id, ExportTaken(field="id", rule="once"))
        if any(getattr(there, name) != getattr(body, name) for name in ExportIn.model_fields):
            raise ExportTaken(field="id", rule="once")
        return Export.model_validate(there)
    said = body.model_dump(mode="json", include={"layout", "kind", "status", "plain"})
    audit.record(session, "export.asked", "export", body.id, body.division, after=said, reason=body.reason)
    if job is not None:
        await _make(session, body.id, body.division, job)
    return Export.model_validate(await find(session, body.id))


async def decide(session: AsyncSession, id: UUID, body: Decision) -> Export:
    """Release or refuse an export with whole numbers. Raises SamePerson (403), NothingToDecide (409)."""
    row = (await session.execute(queries.LOCK, {"id": id})).one_or_none()
    if row is None:
        raise NoSuchExport(field="export_id")
    caller = caller_of(session)
    if row.requested_by == caller.subject:
        raise SamePerson(field="export_id", rule="two people")
    if not row.plain or row.decision is not None:
        raise NothingToDecide(field="export_id", rule="waiting for a release")
    job = uuid7() if body.decision == "released" else None
    values = body.model_dump() | {"id": id, "actor": caller.subject, "job_id": job}
    await session.execute(queries.DECIDE, values)
    about = {"decision": body.decision, "requested_by": row.requested_by}
    audit.record(session, f"export.{body.decision}", "export", id, row.division, after=about, reason=body.ground)
    if job is not None:
        await _make(session, id, row.division, job)
    return Export.model_validate(await find(session, id))


async def _make(session: AsyncSession, id: UUID, division: str, job: UUID) -> None:
    kept = await policy.resolve(session, "files.export_kept_days", division, await clock.today(session))
    args = {"export_id": str(id)}
    await jobs.enqueue(session, "export", args, division=division, id=job)
    until = await clock.now(session) + timedelta(days=int(kept.value))
    await jobs.enqueue(session, "forget_export", args, division=division, due_at=until)


async def find(session: AsyncSession, id: UUID, otherwise: Exception | None = None) -> Any:
    """The row of an export. Raises NoSuchExport (404), or what is given."""
    row = (await session.execute(queries.GET, {"id": id})).one_or_none()
    if row is None:
        raise otherwise or NoSuchExport(field="export_id")
    return row


async def page(session: AsyncSession, division: str | None, limit: int, cursor: str | None) -> paging.Page[Export]:
    """Exports by division and id: who took what, and why."""
    low = division or caller_of(session).division
    after_division, after_id = paging.decode(cursor, 2) or paging.FIRST
    bound = {"low": low, "high": low + ":", "after_division": after_division, "after_id": after_id}
    found = await session.execute(queries.LIST, bound | {"limit": limit + 1})
    return paging.by_division([Export.model_validate(row) for row in found], limit)


async def fetch(session: AsyncSession, id: UUID) -> tuple[UUID, str]:
    """The file of an export and its kind; that it is fetched goes on record. Raises NotReady (409)."""
    row = await find(session, id)
    if row.plain and row.requested_by != caller_of(session).subject:
        raise ForTheRequester(field="export_id", rule="the requester")
    if row.state != "ready":
        raise NotReady(field="export_id", rule="ready")
    about = {"plain": row.plain, "persons": row.persons, "sha256": row.sha256}
    audit.record(session, "export.downloaded", "export", id, row.division, after=about, reason=row.reason)
    await seen_division(session, "exported", row.division, status=row.status, reason=row.reason)
    return row.file, row.kind

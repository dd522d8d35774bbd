"""Exports: asked for with a reason, those with whole numbers released by somebody else, every download on record."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.exports import queries
from services.registry.exchange.exports.records import Export
from services.registry.exchange.exports.schemas import Decision, ExportIn
from services.registry.exchange.layouts.catalogue import layouts
from services.registry.register.households.queries import note_viewers_of_division
from shared import jobs, policy
from shared.database.session import caller_of
from shared.names.ids import uuid7
from shared.problems import Conflict, Forbidden, Invalid, NotFound
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.sheets.records import Kind
from shared.time import clock
from shared.workflow.separation import RELEASE, keep_apart


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
    if not caller_of(session).covers(body.division):
        raise DivisionForbidden(field="division")
    if body.layout not in layouts():
        raise NoSuchLayout(field="layout", rule="a layout of the register")
    job = None if body.plain else uuid7()
    if not await queries.add(session, body, job):
        there = await queries.get(session, body.id)
        if there is None or any(getattr(there, name) != getattr(body, name) for name in ExportIn.model_fields):
            raise ExportTaken(field="id", rule="once")
        return there
    said = body.model_dump(mode="json", include={"layout", "kind", "status", "plain"})
    audit.record(session, "export.asked", "export", body.id, body.division, after=said, reason=body.reason)
    if job is not None:
        await _make(session, body.id, body.division, job)
    return await find(session, body.id)


async def decide(session: AsyncSession, id: UUID, body: Decision) -> Export:
    """Release or refuse an export with whole numbers. Raises SamePerson (403), NothingToDecide (409)."""
    export = await find(session, id, lock=True)
    actor = caller_of(session).subject
    keep_apart(actor, [export.requested_by], RELEASE, field="export_id")
    if not export.plain or export.decision is not None:
        raise NothingToDecide(field="export_id", rule="waiting for a release")
    job = uuid7() if body.decision == "released" else None
    await session.execute(queries.DECIDE, body.model_dump() | {"id": id, "actor": actor, "job_id": job})
    about = {"decision": body.decision, "requested_by": export.requested_by}
    audit.record(session, f"export.{body.decision}", "export", id, export.division, after=about, reason=body.ground)
    if job is not None:
        await _make(session, id, export.division, job)
    return await find(session, id)


async def _make(session: AsyncSession, id: UUID, division: str, job: UUID) -> None:
    kept = await policy.resolve(session, "exports.kept_days", division, await clock.today(session))
    args = {"export_id": str(id)}
    await jobs.enqueue(session, "export", args, division=division, id=job)
    until = await clock.now(session) + timedelta(days=kept.number())
    await jobs.enqueue(session, "forget_export", args, division=division, due_at=until)


async def find(session: AsyncSession, id: UUID, *, lock: bool = False) -> Export:
    """An export and how far it is. Raises NoSuchExport (404)."""
    export = await queries.get(session, id, lock=lock)
    if export is None:
        raise NoSuchExport(field="export_id")
    return export


async def fetch(session: AsyncSession, id: UUID) -> tuple[UUID, Kind]:
    """The file of an export and its kind; that it is fetched goes on record. Raises NotReady (409)."""
    export = await find(session, id)
    if export.plain and export.requested_by != caller_of(session).subject:
        raise ForTheRequester(field="export_id", rule="the requester")
    if export.state != "ready" or export.file is None:
        raise NotReady(field="export_id", rule="ready")
    about = {"plain": export.plain, "persons": export.persons, "sha256": export.sha256}
    audit.record(session, "export.downloaded", "export", id, export.division, after=about, reason=export.reason)
    await note_viewers_of_division(session, "exported", export.division, status=export.status, reason=export.reason)
    return export.file, export.kind

"""What is asked of imports: start one, load what was looked at, fetch what goes back."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.imports import queries
from services.registry.exchange.imports.records import Options
from services.registry.exchange.imports.schemas import ImportState
from services.registry.exchange.layouts.records import Given
from services.registry.exchange.layouts.rules import expected, plan_of
from shared import jobs, policy
from shared.database.session import caller_of
from shared.names.ids import uuid7
from shared.problems import Conflict, Forbidden, NotFound
from shared.security import audit
from shared.security.crypto import KeyRing
from shared.sheets.receive import receive
from shared.sheets.records import Kind
from shared.time import clock


class NoSuchImport(NotFound):
    slug, zh, en = "no-such-import", "没有这次导入", "There is no such import"


class NothingMarked(NotFound):
    slug, zh, en = "nothing-marked", "没有标注文件（无错误、尚未完成或已过保留期）", "There is no marked file"


class ForTheSender(Forbidden):
    slug = "for-the-sender"
    zh = "标注文件含原始号码，只供上传人下载"
    en = "The marked file holds plain numbers and goes back to whoever sent it"


class NotToBeLoaded(Conflict):
    slug = "not-to-be-loaded"
    zh = "只有检查完毕、尚未导入的预览才能导入"
    en = "Only a preview that is checked and not yet loaded can be loaded"


class HasErrors(Conflict):
    slug = "import-has-errors"
    zh = "预览中有{rejected}户有误，“全部或不导入”方式下不能导入，请改正后重新上传"
    en = "{rejected} households are wrong; all or nothing cannot be loaded: correct the file and send it again"
    rejected: int


async def start(
    session: AsyncSession, keys: KeyRing, body: AsyncIterator[bytes], options: Options, given: Given
) -> UUID:
    """Keep a file and work on it in a job. Raises what is wrong with it as a problem (422)."""
    id, division, today = uuid7(), caller_of(session).division, await clock.today(session)
    kept = await policy.resolve(session, "imports.kept_days", division, today)
    given = replace(given, effective_on=given.effective_on or today)
    file = await receive(session, keys, id, body, expected(given))
    await queries.add(session, id, division, options, given)
    if file.header is not None:
        await queries.note_layout(session, id, plan_of(file.header.columns, given))
    await jobs.enqueue(session, "import", {"import_id": str(id)}, division=division, id=id)
    until = await clock.now(session) + timedelta(days=kept.number())
    await jobs.enqueue(session, "forget_import", {"import_id": str(id)}, division=division, due_at=until)
    said = options.to_json() | {"bytes": file.bytes, "kind": file.kind, "policy": kept.reference()}
    audit.record(session, "import.started", "import", id, division, after=said)
    return id


async def state(session: AsyncSession, id: UUID) -> ImportState:
    """How an import is going, and what it did. Raises NoSuchImport (404)."""
    found = await queries.state(session, id)
    if found is None:
        raise NoSuchImport(field="import_id")
    return found


async def load(session: AsyncSession, id: UUID) -> UUID:
    """Load what a preview found good, in a job of its own. Raises NotToBeLoaded, HasErrors (409)."""
    found = await queries.preview(session, id)
    if found is None:
        raise NoSuchImport(field="import_id")
    if not found.checked:
        raise NotToBeLoaded(field="import_id", rule="a checked preview")
    if found.rejected and found.mode == "all_or_nothing":
        raise HasErrors(field="import_id", rule="all or nothing", rejected=found.rejected)
    args = {"import_id": str(id), "load": True}
    job = await jobs.enqueue(session, "import", args, division=found.division, id=uuid7())
    await queries.note_load(session, id, job)
    audit.record(session, "import.loading", "import", id, found.division)
    return job


async def marked(session: AsyncSession, id: UUID) -> tuple[UUID, Kind]:
    """The file that goes back and its kind. Raises NothingMarked (404), ForTheSender (403)."""
    found = await queries.marked(session, id)
    if found is None:
        raise NoSuchImport(field="import_id")
    if found.sent_by != caller_of(session).subject:
        raise ForTheSender(field="import_id", rule="the sender")
    if found.file is None:
        raise NothingMarked(field="import_id")
    audit.read(session, "import", id, found.division, reason="marked file")
    return found.file, found.kind

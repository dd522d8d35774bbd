"""What is asked of imports: start one, load what was looked at, fetch what goes back."""

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.files import chunks
from services.registry.exchange.imports import queries, receiving, store
from shared import jobs, policy
from shared.database.session import caller_of
from shared.names.ids import uuid7
from shared.problems import Conflict, Forbidden, NotFound
from shared.security import audit
from shared.security.crypto import KeyRing
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


async def start(
    session: AsyncSession, keys: KeyRing, body: AsyncIterator[bytes], asked: dict[str, Any], given: dict[str, Any]
) -> UUID:
    """Keep a file and work on it in a job. Raises what is wrong with it as a problem (422)."""
    id, division, digest = uuid7(), caller_of(session).division, hashlib.sha256()
    kept = await policy.resolve(session, "files.import_kept_days", division, await clock.today(session))

    async def hashed() -> AsyncIterator[bytes]:
        async for piece in body:
            digest.update(piece)
            yield piece

    text, sent = (chunks.Writer(session, keys, one, division) for one in (id, uuid7()))
    known = await receiving.receive(hashed(), text, sent, given)
    given["effective_on"] = given.get("effective_on") or await clock.today(session)
    values = {"id": id, "division": division, "sha256": digest.digest(), "given": given}
    await store.add(session, values | asked | known)
    await jobs.enqueue(session, "import", {"import_id": str(id)}, division=division, id=id)
    until = await clock.now(session) + timedelta(days=int(kept.value))
    await jobs.enqueue(session, "forget_import", {"import_id": str(id)}, division=division, due_at=until)
    said = {"bytes": known["bytes"], "kind": known["kind"], "policy": kept.reference()}
    audit.record(session, "import.started", "import", id, division, after=asked | said)
    return id


async def load(session: AsyncSession, id: UUID) -> UUID:
    """Load what a preview found good, in a job of its own. Raises NotToBeLoaded, HasErrors (409)."""
    row = (await session.execute(queries.FOR_LOADING, {"id": id})).one_or_none()
    if row is None:
        raise NoSuchImport(field="import_id")
    if not row.preview or row.status != "done" or row.forgotten_at is not None or row.job_id != row.id:
        raise NotToBeLoaded(field="import_id", rule="a checked preview")
    if row.rejected and row.mode == "all_or_nothing":
        raise HasErrors(field="import_id", rule="all or nothing", rejected=row.rejected)
    args = {"import_id": str(id), "load": True}
    job = await jobs.enqueue(session, "import", args, division=row.division, id=uuid7())
    await session.execute(queries.LOAD, {"id": id, "job": job})
    audit.record(session, "import.loading", "import", id, row.division)
    return job


async def marked(session: AsyncSession, id: UUID) -> tuple[UUID, str]:
    """The marked file of an import and its kind. Raises NothingMarked (404), ForTheSender (403)."""
    row = (await session.execute(queries.MARKED, {"id": id})).one_or_none()
    if row is None:
        raise NoSuchImport(field="import_id")
    if row.recorded_by != caller_of(session).subject:
        raise ForTheSender(field="import_id", rule="the sender")
    if row.marked is None:
        raise NothingMarked(field="import_id")
    audit.read(session, "import", id, row.division, reason="marked file")
    return row.marked, row.kind

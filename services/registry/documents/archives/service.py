"""Make archives, show them, and send one as a ZIP file."""

import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import Buffer

from services.registry.documents.archives import queries, rules
from services.registry.documents.archives.records import Archive, Entry, Found
from services.registry.documents.archives.schemas import Archive as Shown
from services.registry.documents.archives.schemas import ArchiveIn, Verified
from services.registry.documents.archives.schemas import Entry as Line
from shared import jobs
from shared.database.session import caller_of
from shared.documents.objects import Objects, ObjectUnavailable
from shared.http import paging
from shared.names.divisions import covers
from shared.names.ids import uuid7
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.security.crypto import Undecipherable
from shared.time import clock

_WRONG = 100


async def ask_for(session: AsyncSession, body: ArchiveIn) -> UUID:
    """Enqueue the job that builds an archive; both have the same id."""
    if not caller_of(session).covers(body.division):
        raise DivisionForbidden(field="division")
    today = await clock.today(session)
    if body.as_of is not None and body.as_of > today:
        raise rules.DayToCome(field="as_of", rule="today or before")
    chosen = body.certificates_of if body.certificates_of is not None else [body.division]
    for position, code in enumerate(chosen):
        if not covers(body.division, code):
            raise DivisionForbidden(field=f"certificates_of[{position}]")
    id = uuid7()
    values = {
        "id": id,
        "division": body.division,
        "as_of": body.as_of or today,
        "certificates_of": chosen,
        "actor": caller_of(session).subject,
    }
    await session.execute(queries.BEGIN, values)
    await jobs.enqueue(session, "archive", {"archive_id": str(id)}, division=body.division, id=id)
    audit.record(session, "archive.asked", "archive", id, body.division, after={"as_of": str(values["as_of"])})
    return id


async def page(session: AsyncSession, division: str | None, limit: int, cursor: str | None) -> paging.Page[Shown]:
    """Archives by division, oldest first."""
    return await paging.of_division(session, queries.LIST, Shown, division=division, limit=limit, cursor=cursor)


async def one(session: AsyncSession, id: UUID) -> Archive:
    """How an archive stands. Raises NoSuchArchive (404)."""
    archive = await queries.archive(session, id)
    if archive is None:
        raise rules.NoSuchArchive(field="archive_id")
    return archive


async def index(session: AsyncSession, id: UUID, limit: int, cursor: str | None) -> paging.Page[Line]:
    """The index of an archive by path. Raises NoSuchArchive (404)."""
    await one(session, id)
    (after,) = paging.decode(cursor, 1) or ("",)
    rows = [Line.model_validate(entry) for entry in await queries.entries(session, id, after, limit + 1)]
    return paging.page(rows, limit, lambda last: [last.path])


async def complete(session: AsyncSession, id: UUID) -> tuple[Archive, list[Entry]]:
    """An archive and its index; who took it stays on record. Raises ArchiveNotComplete (409)."""
    archive = await one(session, id)
    if archive.root is None:
        raise rules.ArchiveNotComplete(field="archive_id")
    audit.read(session, "archive", id, archive.division)
    return archive, await queries.entries(session, id)


async def verify(session: AsyncSession, id: UUID, objects: Objects) -> Verified:
    """Read every document again and compare its hash, and the hash over all, with the index."""
    archive, entries = await complete(session, id)
    found = [await _found(objects, entry) for entry in entries]
    wrong = [entry.path for entry, now in zip(entries, found, strict=True) if entry.sha256 != now.sha256]
    root = rules.root(found)
    return Verified(
        matches=not wrong and root == archive.root,
        root=archive.root or "",
        root_found=root,
        entries=len(entries),
        bytes=sum(one.size for one in found),
        wrong=wrong[:_WRONG],
    )


async def _found(objects: Objects, entry: Entry) -> Found:
    digest, size = hashlib.sha256(), 0
    try:
        async for piece in await objects.get(entry.sha256):
            digest.update(piece)
            size += len(piece)
    except (ObjectUnavailable, Undecipherable):
        return Found(entry.path, "", 0)
    return Found(entry.path, digest.hexdigest(), size)


class _Sink(io.RawIOBase):
    """What was written since it was last taken; it cannot be sought, so ZipFile writes sizes behind contents."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer) -> int:
        held = len(self._held)
        self._held += data
        return len(self._held) - held

    def take(self) -> bytes:
        taken = bytes(self._held)
        self._held.clear()
        return taken


async def packed(
    index: Mapping[str, object], entries: Sequence[Entry], objects: Objects, moment: datetime
) -> AsyncIterator[bytes]:
    """The pieces of the ZIP file: first ``index.json``, then every entry as it was kept."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        archive.writestr(_about("index.json", moment), json.dumps(index, ensure_ascii=False, indent=1, default=str))
        for entry in entries:
            with archive.open(_about(entry.path, moment), "w", force_zip64=entry.size >= 1 << 31) as target:
                async for piece in await objects.get(entry.sha256):
                    target.write(piece)
                    yield sink.take()
    yield sink.take()


def _about(path: str, moment: datetime) -> zipfile.ZipInfo:
    local = moment.astimezone(clock.SHANGHAI)
    return zipfile.ZipInfo(path, local.timetuple()[:6])

"""Ask for an archive, look at it, and prove that it is what it was."""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.documents.archives import queries, rules
from services.registry.documents.archives.schemas import Archive, ArchiveIn, Verified
from shared import jobs
from shared.database.session import caller_of
from shared.documents.objects import Objects, ObjectUnavailable
from shared.names.divisions import covers
from shared.names.ids import uuid7
from shared.problems import Conflict, Invalid, NotFound
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.security.crypto import Undecipherable
from shared.time import clock

_MAX, _WRONG = 100_000, 100


class NoSuchArchive(NotFound):
    slug, zh, en = "no-such-archive", "辖区内没有这份档案", "There is no such archive in your division"


class ArchiveNotComplete(Conflict):
    slug, zh, en = "archive-not-complete", "档案尚未生成完毕", "The archive is not complete yet"


class DayToCome(Invalid):
    slug, zh, en = "day-to-come", "日期尚未到来", "The day has not come yet"


@dataclass(frozen=True, slots=True)
class _Found:
    path: str
    sha256: str
    size: int


async def ask_for(session: AsyncSession, body: ArchiveIn) -> UUID:
    """Enqueue the job that builds an archive; both have the same id."""
    if not caller_of(session).covers(body.division):
        raise DivisionForbidden(field="division")
    today = await clock.today(session)
    if body.as_of is not None and body.as_of > today:
        raise DayToCome(field="as_of", rule="today or before")
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


async def one(session: AsyncSession, id: UUID) -> Archive:
    """How an archive stands. Raises NoSuchArchive (404)."""
    row = (await session.execute(queries.ONE, {"id": id})).one_or_none()
    if row is None:
        raise NoSuchArchive(field="archive_id")
    return Archive.model_validate(row)


async def complete(session: AsyncSession, id: UUID) -> tuple[Archive, list[Any]]:
    """An archive and its index; who took it stays on record. Raises ArchiveNotComplete (409)."""
    archive = await one(session, id)
    if archive.root is None:
        raise ArchiveNotComplete(field="archive_id")
    audit.read(session, "archive", id, archive.division)
    found = await session.execute(queries.ENTRIES, {"id": id, "after": "", "limit": _MAX})
    return archive, list(found)


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


async def _found(objects: Objects, entry: Any) -> _Found:
    digest, size = hashlib.sha256(), 0
    try:
        async for piece in await objects.get(entry.sha256):
            digest.update(piece)
            size += len(piece)
    except (ObjectUnavailable, Undecipherable):
        return _Found(entry.path, "", 0)
    return _Found(entry.path, digest.hexdigest(), size)

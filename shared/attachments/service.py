"""Keep an attachment and find it again."""

import asyncio
import json
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared import policy
from shared.attachments import queries, rules
from shared.attachments.records import Found
from shared.attachments.schemas import Attachment, Missing
from shared.database.session import caller_of
from shared.documents.objects import Objects
from shared.households.queries import NoSuchHousehold
from shared.http import paging
from shared.names.divisions import within
from shared.names.ids import uuid7
from shared.problems import NotFound
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock


class NoSuchAttachment(NotFound):
    slug, zh, en = "no-such-attachment", "辖区内没有这个附件", "There is no such attachment in your division"


async def keep(
    session: AsyncSession,
    objects: Objects,
    content: bytes,
    declared: str,
    household_id: UUID | None,
    division: str | None,
) -> tuple[Attachment, bool]:
    """The attachment, and whether it is new. It belongs to the household's village, else to the given division."""
    where = await _where(session, household_id, division)
    today = await clock.today(session)
    sizes = await policy.resolve(session, "attachment.max_bytes", where, today)
    pixels = await policy.resolve(session, "attachment.max_pixels", where, today)
    # Megabytes are looked at in a thread, so that nobody waits for somebody's photo.
    await asyncio.to_thread(rules.check, content, declared, rules.Limits(sizes.read(dict[str, int]), pixels.number()))
    kept = await objects.put(content)
    values = {
        "id": uuid7(),
        "division": where,
        "sha256": kept.sha256,
        "size": kept.size,
        "media_type": declared,
        "household_id": household_id,
        "policies": json.dumps([sizes.reference(), pixels.reference()]),
        "actor": caller_of(session).subject,
    }
    row = (await session.execute(queries.ADD, values)).one_or_none()
    if row is None:
        there = {name: values[name] for name in ("division", "sha256", "household_id")}
        return Attachment.model_validate((await session.execute(queries.THERE, there)).one()), False
    about = {"sha256": kept.sha256, "bytes": kept.size, "household_id": str(household_id) if household_id else None}
    audit.record(session, "attachment.kept", "attachment", kept.sha256, where, after=about)
    return Attachment.model_validate(row), True


async def find(session: AsyncSession, sha256: str) -> Found:
    """An attachment within reach; who saw it stays on record. Raises NoSuchAttachment (404)."""
    row = (await session.execute(queries.FIND, {"sha256": sha256})).one_or_none()
    if row is None:
        raise NoSuchAttachment(field="sha256")
    found = Found(row.sha256, row.size, row.media_type, row.division, row.household_id)
    audit.read(session, "attachment", sha256, found.division)
    if found.household_id:
        audit.read(session, "household", found.household_id, found.division, reason=f"attachment {sha256}")
    return found


async def page(
    session: AsyncSession, household_id: UUID | None, division: str | None, limit: int, cursor: str | None
) -> paging.Page[Attachment]:
    """Attachments by division and id, or those of a household."""
    prefix = division or caller_of(session).division
    after_division, after_id = paging.decode(cursor, 2) or paging.FIRST
    after = {"after_division": after_division, "after_id": after_id, "limit": limit + 1}
    if household_id is not None:
        found = await session.execute(queries.OF_HOUSEHOLD, after | {"household_id": household_id})
    else:
        found = await session.execute(queries.LIST, after | within(prefix))
    return paging.by_division([Attachment.model_validate(row) for row in found], limit)


async def _where(session: AsyncSession, household_id: UUID | None, division: str | None) -> str:
    if household_id is not None:
        found: str | None = (await session.execute(queries.DIVISION, {"id": household_id})).scalar()
        if found is None:
            raise NoSuchHousehold(field="household_id")
        return found
    if division is not None and not caller_of(session).covers(division):
        raise DivisionForbidden(field="division")
    return division or caller_of(session).division


async def missing(
    session: AsyncSession, division: str | None, limit: int, cursor: str | None
) -> paging.Page[Missing]:
    """Papers that records cite and that are in no attachment within reach, by division."""
    prefix = division or caller_of(session).division
    after_division, after_id = paging.decode(cursor, 2) or paging.FIRST
    bound = {"after_division": after_division, "after_id": after_id, **within(prefix)}
    found = await session.execute(queries.MISSING, bound | {"limit": limit + 1})
    return paging.by_division([Missing.model_validate(row) for row in found], limit)

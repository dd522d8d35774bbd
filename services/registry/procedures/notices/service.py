"""Notices that an office posts by itself, and photos of those that hang."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.procedures.notices import posting
from services.registry.procedures.notices.posting import Entry, Posting
from services.registry.procedures.notices.schemas import NoticeIn, PhotosIn
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.problems import Conflict, Invalid, NotFound
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock, workdays

_KNOWN = text("SELECT id, kind, division FROM notice WHERE id = :id")
_LOCK = text("SELECT id, division, photos FROM notice WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_PHOTOS = text("UPDATE notice SET photos = :photos, version = version + 1 WHERE id = :id")
_HOUSEHOLDS = text("""
    SELECT h.id, h.number, h.size, h.attribute, p.name, p.born
    FROM household h
    JOIN membership m ON m.household_id = h.id AND m.relation = '户主'
        AND m.superseded_at IS NULL AND m.left_on IS NULL
    JOIN person p ON p.id = m.person_id
    WHERE h.division = :division AND h.status = 'registered' ORDER BY h.division, h.id
""")


class NoSuchNotice(NotFound):
    slug, zh, en = "no-such-notice", "辖区内没有这一公示", "There is no such notice in your division"


class NoticeDiffers(Conflict):
    slug, zh, en = "notice-differs", "此编号已用于另一公示", "This id stands for another notice"


class NothingToShow(Invalid):
    slug, zh, en = "notice-empty", "该村没有在册户，无可公示", "No household of this village is registered"


async def post(session: AsyncSession, body: NoticeIn) -> bool:
    """Post a list of a village's registered households. False where the same notice was posted before."""
    if not caller_of(session).covers(body.division):
        raise DivisionForbidden(field="division")
    known = (await session.execute(_KNOWN, {"id": body.id})).one_or_none()
    if known is not None:
        if (known.kind, known.division) != (body.kind, body.division):
            raise NoticeDiffers(field="id", rule="one id, one notice")
        return False
    today = await clock.today(session)
    kind = await posting.kind_of(session, body.kind, body.division, today)
    found = (await session.execute(_HOUSEHOLDS, {"division": body.division})).all()
    if not found:
        raise NothingToShow(field="division", rule="registered households")
    groups = await posting.groups(session, [row.id for row in found])
    await posting.post(
        session,
        Posting(
            id=body.id,
            kind=body.kind,
            division=body.division,
            title="建档立卡贫困户名单公示",
            place=body.place,
            ends_on=workdays.after(today, kind.value["days"], kind.value.get("unit", "days")),
            entries=[_entry(row, groups[row.id]) for row in found],
            columns=body.columns,
            photos=body.photos,
        ),
    )
    return True


def _entry(row: Any, group: str) -> Entry:
    facts = {"group": group, "number": row.number, "size": row.size, "category": row.attribute}
    return Entry(row.name, row.born, facts | {"procedure": "名单公示", "conclusion": "在册"})


async def add_photos(session: AsyncSession, items: Sequence[PhotosIn]) -> Answers:
    """Photos of the posting; those that are there already are not added twice."""
    rows = {row.id: row for row in await session.execute(_LOCK, {"ids": [item.id for item in items]})}
    changed: list[dict[str, Any]] = []

    def decide(item: PhotosIn) -> Outcome:
        row = existing(rows, item.id)
        photos = list(dict.fromkeys([*row.photos, *item.photos]))
        if photos == row.photos:
            return "unchanged"
        changed.append({"id": item.id, "photos": photos})
        audit.record(session, "notice.photographed", "notice", item.id, row.division, after={"photos": item.photos})
        return "accepted"

    answers = answer_each(items, decide)
    if changed:
        await session.execute(_PHOTOS, changed)
    return answers


def existing(rows: dict[UUID, Any], id: UUID, field: str = "id") -> Any:
    """Raises NoSuchNotice."""
    if id not in rows:
        raise NoSuchNotice(field=field)
    return rows[id]

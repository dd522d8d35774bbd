"""Notices that an office posts by itself, photos of those that hang, and notices as they are read."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared import policy
from shared.database.session import caller_of
from shared.http import paging
from shared.http.items import Answers, Outcome, answer_each
from shared.notices import queries
from shared.notices.columns import titles
from shared.notices.post import post, reaching, wording
from shared.notices.records import Posting, Surroundings
from shared.notices.schemas import Notice, NoticeIn, NoticeRow, Objection, PhotosIn
from shared.problems import Conflict, Invalid, NotFound
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock
from shared.time.workdays import Span


class NoSuchNotice(NotFound):
    slug, zh, en = "no-such-notice", "辖区内没有这一公示", "There is no such notice in your division"


class NoticeDiffers(Conflict):
    slug, zh, en = "notice-differs", "此编号已用于另一公示", "This id stands for another notice"


class NothingToShow(Invalid):
    slug, zh, en = "notice-empty", "该村没有可公示的对象", "There is nobody in this village to be shown"


class KindUnknown(Invalid):
    slug, zh, en = "notice-kind-unknown", "没有这一类公示", "There is no such kind of notice here"


async def post_list(session: AsyncSession, around: Surroundings, body: NoticeIn) -> bool:
    """Post a list of a village that this service keeps. False where the same notice was posted before."""
    if not caller_of(session).covers(body.division):
        raise DivisionForbidden(field="division")
    known = (await session.execute(queries.KNOWN, {"id": body.id})).one_or_none()
    if known is not None:
        if (known.kind, known.division) != (body.kind, body.division):
            raise NoticeDiffers(field="id", rule="one id, one notice")
        return False
    lister = (around.lists or {}).get(body.kind)
    if lister is None:
        raise KindUnknown(field="kind", rule="a list of this service")
    today = await clock.today(session)
    kind = await policy.resolve(session, f"notice.{body.kind}", body.division, today)
    listing = await lister(session, body.division)
    if not listing.entries:
        raise NothingToShow(field="division", rule="somebody to show")
    words = await wording(session, body.kind, body.division)
    listed, year = words["listed"], str(listing.year or "")
    entries = [
        replace(entry, facts={**entry.facts, "conclusion": words["conclusion"]["zh"]}) for entry in listing.entries
    ]
    posting = Posting(
        id=body.id,
        kind=body.kind,
        division=body.division,
        matter={"zh": listed["zh"].replace("{year}", year), "en": listed["en"].replace("{year}", year)},
        basis=words["basis"],
        place=body.place,
        ends_on=kind.read(Span).after(today),
        entries=entries,
        columns=body.columns,
        photos=body.photos,
    )
    await post(session, posting, await around.place_names(session, reaching(body.division)))
    return True


async def add_photos(session: AsyncSession, items: Sequence[PhotosIn]) -> Answers:
    """Photos of the posting; those that are there already are not added twice."""
    rows = {row.id: row for row in await session.execute(queries.LOCK, {"ids": [item.id for item in items]})}
    changed: list[dict[str, object]] = []

    def decide(item: PhotosIn) -> Outcome:
        if item.id not in rows:
            raise NoSuchNotice(field="id")
        row = rows[item.id]
        photos = list(dict.fromkeys([*row.photos, *item.photos]))
        if photos == row.photos:
            return "unchanged"
        changed.append({"id": item.id, "photos": photos})
        audit.record(session, "notice.photographed", "notice", item.id, row.division, after={"photos": item.photos})
        return "accepted"

    answers = answer_each(items, decide)
    if changed:
        await session.execute(queries.PHOTOS, changed)
    return answers


async def read(session: AsyncSession, id: UUID) -> Notice:
    """A notice as it hangs. Raises NoSuchNotice (404)."""
    row = (await session.execute(queries.ONE, {"id": id})).mappings().one_or_none()
    if row is None:
        raise NoSuchNotice(field="notice_id")
    audit.read(session, "notice", id, row["division"])
    return Notice.model_validate({**row, "titles": titles(row["columns"])})


async def page(session: AsyncSession, division: str | None, limit: int, cursor: str | None) -> paging.Page[NoticeRow]:
    """Notices by division and id."""
    return await paging.of_division(session, queries.LIST, NoticeRow, division=division, limit=limit, cursor=cursor)


async def objections(
    session: AsyncSession, notice_id: UUID, limit: int, cursor: str | None
) -> paging.Page[Objection]:
    """What was said against a notice, and by whom where somebody gave a name. Raises NoSuchNotice (404)."""
    notice = await read(session, notice_id)
    (id,) = paging.decode(cursor, 1) or [paging.FIRST[1]]
    found = await session.execute(queries.OBJECTIONS, {"notice": notice.id, "id": id, "limit": limit + 1})
    rows = [Objection.model_validate(row) for row in found]
    return paging.page(rows, limit, lambda last: [last.id])

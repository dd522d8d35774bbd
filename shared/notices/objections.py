"""Objections to notices: recorded with or without a name, each answered by somebody who had no part in the matter.

What an answer means for a case is the business of the workflow (``shared.workflow.objections``).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared import policy
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.notices import queries
from shared.notices.schemas import AnswerIn, ObjectionIn
from shared.notices.service import NoSuchNotice
from shared.problems import Conflict, Invalid, NotFound
from shared.security import audit
from shared.time import clock
from shared.time.workdays import Span


class ObjectionDiffers(Conflict):
    slug, zh, en = "objection-differs", "此编号已用于另一异议", "This id stands for another objection"


class NoSuchObjection(NotFound):
    slug, zh, en = "no-such-objection", "没有这一异议", "There is no such objection"


class NotOnNotice(Invalid):
    slug, zh, en = "not-on-notice", "该公示没有此事项", "This case does not stand on this notice"


class NoticeOver(Conflict):
    slug, zh, en = "notice-over", "公示期已过", "The notice no longer hangs"


class AnsweredAlready(Conflict):
    slug, zh, en = "objection-answered", "该异议已答复", "The objection has been answered otherwise"


@dataclass(frozen=True, slots=True)
class Answered:
    """An objection with its answer."""

    id: UUID
    case_id: UUID | None
    upheld: bool


async def raise_all(
    session: AsyncSession, items: Sequence[ObjectionIn], may_object: Callable[[UUID], None]
) -> Answers:
    """Record objections. ``may_object`` raises a problem for a case that is decided."""
    today, actor = await clock.today(session), caller_of(session).subject
    asked = {"ids": [item.id for item in items]}
    known = {row.id: row for row in await session.execute(queries.KNOWN_OBJECTIONS, asked)}
    about = {"ids": [item.notice_id for item in items]}
    notices = {row.id: row for row in await session.execute(queries.OBJECTED_TO, about)}
    fresh: list[tuple[ObjectionIn, str]] = []

    def decide(item: ObjectionIn) -> Outcome:
        if row := known.get(item.id):
            if (row.notice_id, row.case_id, row.content) != (item.notice_id, item.case_id, item.content):
                raise ObjectionDiffers(field="id", rule="one id, one objection")
            return "unchanged"
        notice = notices.get(item.notice_id)
        if notice is None:
            raise NoSuchNotice(field="notice_id")
        if (item.case_id is not None) != bool(notice.case_ids) or item.case_id not in (*notice.case_ids, None):
            raise NotOnNotice(field="case_id", rule="a case of this notice")
        if item.case_id is not None:
            may_object(item.case_id)
        elif notice.ends_on <= today:
            raise NoticeOver(field="notice_id", rule="while it hangs")
        fresh.append((item, notice.division))
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        due = {division: await _due(session, division, today) for division in sorted({one for _, one in fresh})}
        rows = [
            item.model_dump() | {"division": division, "day": today, "due_on": due[division], "actor": actor}
            for item, division in fresh
        ]
        await session.execute(queries.RAISE, rows)
    for item, division in fresh:
        after = {"case_id": str(item.case_id)} if item.case_id else None
        audit.record(session, "notice.objection", "notice", item.notice_id, division, after=after)
    return answers


async def _due(session: AsyncSession, division: str, today: date) -> date:
    """Until when an objection of today is to be answered."""
    return (await policy.resolve(session, "notice.answer", division, today)).read(Span).after(today)


async def answer_all(
    session: AsyncSession, items: Sequence[AnswerIn], apart: Callable[[str, UUID | None, str], None]
) -> tuple[Answers, list[Answered]]:
    """Answer objections. ``apart`` is given the actor, the case and who posted the notice, and raises a problem where
    the actor had a part in the matter.
    """
    today, actor = await clock.today(session), caller_of(session).subject
    asked = {"ids": [item.id for item in items]}
    rows = {row.id: row for row in await session.execute(queries.LOCK_OBJECTIONS, asked)}
    about = {"ids": [row.notice_id for row in rows.values()]}
    posted_by = {row.id: row.posted_by for row in await session.execute(queries.OBJECTED_TO, about)}
    answered: list[AnswerIn] = []

    def decide(item: AnswerIn) -> Outcome:
        row = rows.get(item.id)
        if row is None:
            raise NoSuchObjection(field="id")
        if row.upheld is not None:
            if (row.upheld, row.answer) != (item.upheld, item.answer):
                raise AnsweredAlready(field="id", rule="answered once")
            return "unchanged"
        apart(actor, row.case_id, posted_by[row.notice_id])
        answered.append(item)
        return "accepted"

    answers = answer_each(items, decide)
    if answered:
        written = [item.model_dump() | {"actor": actor, "day": today} for item in answered]
        await session.execute(queries.ANSWER, written)
    for item in answered:
        row = rows[item.id]
        verb = "upheld" if item.upheld else "dismissed"
        audit.record(session, f"notice.objection_{verb}", "notice", row.notice_id, row.division, reason=item.answer)
    return answers, [Answered(item.id, rows[item.id].case_id, item.upheld) for item in answered]


async def cases_of(session: AsyncSession, ids: Sequence[UUID]) -> set[UUID]:
    """The cases that some objections are about."""
    found = await session.execute(queries.KNOWN_OBJECTIONS, {"ids": list(ids)})
    return {row.case_id for row in found if row.case_id}


async def open_objections(session: AsyncSession, cases: Iterable[UUID]) -> dict[UUID, int]:
    """How many objections to some cases wait for an answer; a case without any is absent."""
    return {
        row.case_id: row.open for row in await session.execute(queries.OPEN_OBJECTIONS, {"ids": sorted(set(cases))})
    }

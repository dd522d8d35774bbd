"""Objections to notices: recorded with or without a name, each answered by somebody who had no part in the matter.

What an answer means for a case is the case's business (``cases.reopening``).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.procedures.notices.schemas import AnswerIn, ObjectionIn
from services.registry.procedures.notices.service import existing
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.problems import Conflict, Forbidden, Invalid, NotFound
from shared.security import audit
from shared.time import clock

_KNOWN = text("SELECT id, notice_id, case_id, content FROM objection WHERE id = ANY(:ids)")
_NOTICES = text("SELECT id, division, case_ids, ends_on, posted_by FROM notice WHERE id = ANY(:ids)")
_LOCK = text("SELECT * FROM objection WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_RAISE = text("""
    INSERT INTO objection (id, notice_id, case_id, division, content, objector, raised_on, recorded_by)
    VALUES (:id, :notice_id, :case_id, :division, :content, :objector, :day, :actor)
""")
_ANSWER = text("""
    UPDATE objection SET upheld = :upheld, answer = :answer, answered_by = :actor, answered_on = :day WHERE id = :id
""")
OPEN = text("""
    SELECT case_id, count(*) AS open FROM objection WHERE case_id = ANY(:ids) AND upheld IS NULL GROUP BY case_id
""")


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


class AnswersForHimself(Forbidden):
    slug, zh = "separate-people", "经办人不得答复对本人所办事项的异议"
    en = "Nobody answers objections to what he has done himself"


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
    known = {row.id: row for row in await session.execute(_KNOWN, {"ids": [item.id for item in items]})}
    notices = {row.id: row for row in await session.execute(_NOTICES, {"ids": [i.notice_id for i in items]})}
    fresh: list[dict[str, Any]] = []

    def decide(item: ObjectionIn) -> Outcome:
        if row := known.get(item.id):
            if (row.notice_id, row.case_id, row.content) != (item.notice_id, item.case_id, item.content):
                raise ObjectionDiffers(field="id", rule="one id, one objection")
            return "unchanged"
        notice = existing(notices, item.notice_id, "notice_id")
        if (item.case_id is not None) != bool(notice.case_ids) or item.case_id not in (*notice.case_ids, None):
            raise NotOnNotice(field="case_id", rule="a case of this notice")
        if item.case_id is not None:
            may_object(item.case_id)
        elif notice.ends_on <= today:
            raise NoticeOver(field="notice_id", rule="while it hangs")
        fresh.append(item.model_dump() | {"division": notice.division, "day": today, "actor": actor})
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        await session.execute(_RAISE, fresh)
    for one in fresh:
        after = {"case_id": str(one["case_id"])} if one["case_id"] else None
        audit.record(session, "notice.objection", "notice", one["notice_id"], one["division"], after=after)
    return answers


async def answer_all(
    session: AsyncSession, items: Sequence[AnswerIn], part_in: Callable[[UUID], Iterable[str]]
) -> tuple[Answers, list[Answered]]:
    """Answer objections. ``part_in`` says who had a part in a case."""
    today, actor = await clock.today(session), caller_of(session).subject
    rows = {row.id: row for row in await session.execute(_LOCK, {"ids": [item.id for item in items]})}
    about = {"ids": [row.notice_id for row in rows.values()]}
    notices = {row.id: row for row in await session.execute(_NOTICES, about)}
    answered: list[dict[str, Any]] = []

    def decide(item: AnswerIn) -> Outcome:
        row = rows.get(item.id)
        if row is None:
            raise NoSuchObjection(field="id")
        if row.upheld is not None:
            if (row.upheld, row.answer) != (item.upheld, item.answer):
                raise AnsweredAlready(field="id", rule="answered once")
            return "unchanged"
        others = part_in(row.case_id) if row.case_id else [notices[row.notice_id].posted_by]
        if actor in others:
            raise AnswersForHimself(field="id", rule="separate people")
        answered.append(item.model_dump() | {"actor": actor, "day": today})
        return "accepted"

    answers = answer_each(items, decide)
    if answered:
        await session.execute(_ANSWER, answered)
    for one in answered:
        row = rows[one["id"]]
        verb = "upheld" if one["upheld"] else "dismissed"
        audit.record(session, f"notice.objection_{verb}", "notice", row.notice_id, row.division, reason=one["answer"])
    return answers, [Answered(one["id"], rows[one["id"]].case_id, one["upheld"]) for one in answered]


async def cases_of(session: AsyncSession, ids: Sequence[UUID]) -> set[UUID]:
    """The cases that some objections are about."""
    return {row.case_id for row in await session.execute(_KNOWN, {"ids": list(ids)}) if row.case_id}

"""Objections to an exit 异议: each is answered; an upheld one refuses the exit, another restarts the notice."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.exits import cases, rules
from services.evaluation.exits.deciding import notice_end
from services.evaluation.exits.schemas import ObjectionAnswerIn, ObjectionIn
from services.evaluation.exits.timers import remind
from shared import policy
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.problems import Conflict, NotFound
from shared.security import audit
from shared.time import clock

_KNOWN = text("SELECT id, exit_id, content FROM objection WHERE id = ANY(:ids)")
_LOCK = text("SELECT * FROM objection WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_RAISE = text("""
    INSERT INTO objection (id, exit_id, division, content, raised_on, recorded_by)
    VALUES (:id, :exit_id, :division, :content, :day, :actor)
""")
_ANSWER = text("""
    UPDATE objection SET upheld = :upheld, answer = :answer, answered_by = :actor, answered_on = :day WHERE id = :id
""")
_REFUSE = text("""
    UPDATE exit_case SET status = 'refused', decided_on = :day, version = version + 1,
        reasons = reasons || jsonb_build_array(jsonb_build_object('code', 'objection', 'zh', '公示异议成立',
            'en', 'an objection to the notice was upheld'))
    WHERE id = ANY(:ids)
""")
_RESTART = text("""
    UPDATE exit_case SET notice_from = :day, notice_until = :until, notice_ended = false, version = version + 1
    WHERE id = ANY(:ids)
""")


class ObjectionDiffers(Conflict):
    slug, zh, en = "objection-differs", "此编号已用于另一异议", "This id stands for another objection"


class NoNotice(Conflict):
    slug, zh, en = "no-notice", "该事项不在公示期", "The case is not on public notice"


class NoSuchObjection(NotFound):
    slug, zh, en = "no-such-objection", "没有这一异议", "There is no such objection"


async def raise_objections(session: AsyncSession, items: list[ObjectionIn]) -> Answers:
    """Record objections to cases on notice; nothing is decided before they are answered."""
    today, actor = await clock.today(session), caller_of(session).subject
    rows = await cases.lock(session, [item.exit_id for item in items])
    known = {row.id: row for row in await session.execute(_KNOWN, {"ids": [item.id for item in items]})}
    fresh: list[dict[str, Any]] = []

    def decide(item: ObjectionIn) -> Outcome:
        if row := known.get(item.id):
            if (row.exit_id, row.content) != (item.exit_id, item.content):
                raise ObjectionDiffers(field="id", rule="one id, one objection")
            return "unchanged"
        case = cases.existing(rows, item.exit_id)
        if case.status != "published":
            raise NoNotice(field="exit_id", rule="on notice")
        fresh.append(item.model_dump() | {"division": case.division, "day": today, "actor": actor})
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        await session.execute(_RAISE, fresh)
    for row in fresh:
        audit.record(session, "exit.objection", "exit", row["exit_id"], row["division"])
    return answers


async def answer(session: AsyncSession, items: list[ObjectionAnswerIn]) -> Answers:
    """Answer objections; who proposed or checked a case does not answer for it."""
    today, caller = await clock.today(session), caller_of(session)
    rows = {row.id: row for row in await session.execute(_LOCK, {"ids": [item.id for item in items]})}
    concerned = await cases.lock(session, [row.exit_id for row in rows.values()])
    answered: list[dict[str, Any]] = []

    def decide(item: ObjectionAnswerIn) -> Outcome:
        row = rows.get(item.id)
        if row is None:
            raise NoSuchObjection(field="id")
        if row.upheld is not None:
            return "unchanged"
        case = cases.existing(concerned, row.exit_id)
        rules.different(caller.subject, [case.proposed_by, case.checked_by])
        answered.append(item.model_dump() | {"actor": caller.subject, "day": today, "exit_id": row.exit_id})
        return "accepted"

    answers = answer_each(items, decide)
    for one in answered:
        await session.execute(_ANSWER, {name: value for name, value in one.items() if name != "exit_id"})
        division = concerned[one["exit_id"]].division
        audit.record(session, "exit.objection_answered", "exit", one["exit_id"], division, reason=one["answer"])
    # A case that an earlier answer has refused stays as it is: its decision is made.
    live = [one for one in answered if concerned[one["exit_id"]].status == "published"]
    refused = {one["exit_id"] for one in live if one["upheld"]}
    await session.execute(_REFUSE, {"ids": list(refused), "day": today})
    await _restart(session, {one["exit_id"] for one in live} - refused)
    await cases.tell(session, [one["exit_id"] for one in live], concerned)
    return answers


async def _restart(session: AsyncSession, ids: set[UUID]) -> None:
    if not ids:
        return
    today, division = await clock.today(session), caller_of(session).division
    days = await policy.resolve(session, "publicity.days.exit", division, today)
    until = notice_end(today, days.value)
    await session.execute(_RESTART, {"ids": list(ids), "day": today, "until": until})
    await remind(session, division, until)

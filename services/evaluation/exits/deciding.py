"""Publish cases, hear objections, and decide when the notice has run out."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.exits import cases, rules
from services.evaluation.exits.schemas import CaseIn
from services.evaluation.exits.timers import remind
from shared import policy
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.time import clock

_PUBLISH = text("""
    UPDATE exit_case SET status = 'published', published_by = :actor, notice_from = :day, notice_until = :until,
        policies = policies || CAST(:policy AS jsonb), version = version + 1
    WHERE id = ANY(:ids)
""")
_OPEN = text("""
    SELECT exit_id, count(*) AS open FROM objection WHERE exit_id = ANY(:ids) AND upheld IS NULL GROUP BY exit_id
""")
_APPROVE = text("""
    UPDATE exit_case SET status = CASE WHEN :passed THEN 'approved' ELSE 'refused' END, size = :size,
        income = :income, per_capita = :per_capita, criteria = CAST(:criteria AS jsonb),
        reasons = CAST(:reasons AS jsonb), policies = CAST(:policies AS jsonb) || CAST(:notice AS jsonb),
        approved_by = :actor, decided_on = :day,
        version = version + 1
    WHERE id = :id
""")


async def publish(session: AsyncSession, items: list[CaseIn]) -> Answers:
    """Put cases on public notice from today for the policy's days; nobody can say when it ends."""
    today, caller = await clock.today(session), caller_of(session)
    days = await policy.resolve(session, "publicity.days.exit", caller.division, today)
    rows = await cases.lock(session, [item.id for item in items])
    published: list[UUID] = []

    def decide(item: CaseIn) -> Outcome:
        row = cases.existing(rows, item.id)
        if rules.next_status(row.status, "publish") is None:
            return "unchanged"
        published.append(item.id)
        return "accepted"

    answers = answer_each(items, decide)
    until = notice_end(today, days.value)
    reference = json.dumps([days.reference()])
    bound = {"ids": published, "actor": caller.subject, "day": today, "until": until, "policy": reference}
    await session.execute(_PUBLISH, bound)
    if published:
        await remind(session, caller.division, until)
    await cases.tell(session, published, rows)
    return answers


def notice_end(start: date, days: int) -> date:
    """The first day on which may be decided: a notice of 7 days from the 1st runs to the end of the 7th."""
    return start + timedelta(days=days)


async def approve(session: AsyncSession, items: list[CaseIn]) -> Answers:
    """Decide, by the standard of today, cases whose notice has run out without an open objection."""
    today, actor = await clock.today(session), caller_of(session).subject
    rows = await cases.lock(session, [item.id for item in items])
    judged = await cases.judge(session, list(rows.values()), today)
    opened = {row.exit_id: row.open for row in await session.execute(_OPEN, {"ids": list(rows)})}
    decided: list[dict[str, Any]] = []

    def decide(item: CaseIn) -> Outcome:
        row = cases.existing(rows, item.id)
        if rules.next_status(row.status, "approve") is None:
            return "unchanged"
        rules.different(actor, [row.proposed_by, row.checked_by])
        rules.may_approve(today, row.notice_until, open_objections=opened.get(item.id, 0))
        judgement = judged[item.id]
        if isinstance(judgement, Exception):
            raise judgement
        notice = [used for used in row.policies if used["key"] == "publicity.days.exit"]
        decided.append(judgement | {"notice": json.dumps(notice), "actor": actor, "day": today})
        return "accepted"

    answers = answer_each(items, decide)
    if decided:
        await session.execute(_APPROVE, decided)
    await cases.tell(session, [one["id"] for one in decided], rows)
    return answers

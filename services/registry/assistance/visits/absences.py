"""Leave: asked for by one, decided by another; the longer ones by the county."""

import json
from collections import defaultdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.visits import queries, rules
from services.registry.assistance.visits.schemas import LeaveDecisionIn, LeaveIn
from shared import policy
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.security import audit
from shared.time import clock

_ADJOINING = 92  # days within which other leaves of an absence are looked for


async def ask(session: AsyncSession, items: list[LeaveIn]) -> Answers:
    """Ask for leave; the same again is "unchanged"."""
    today, caller = await clock.today(session), caller_of(session)
    town_days = await policy.resolve(session, "duty.leave_town_days", caller.division, today)
    villages = sorted({item.village for item in items})
    posts = (await session.execute(queries.POSTS, {"villages": villages, "roles": list(rules.POSTED)})).all()
    wanted = {"ids": [item.id for item in items]}
    known = {row.id: row for row in await session.execute(queries.KNOWN_LEAVES, wanted)}
    taken = await _taken(session, items)
    fresh: list[dict[str, Any]] = []

    def decide(item: LeaveIn) -> Outcome:
        if row := known.get(item.id):
            if (row.staff_id, row.from_on, row.until_on) != (item.staff_id, item.from_on, item.until_on):
                raise rules.LeaveDiffers(field="id", rule="one id, one leave")
            return "unchanged"
        days = rules.days(item, taken[item.staff_id])
        post = next((post for post in posts if _covers(post, item)), None)
        if post is None:
            raise rules.NotPosted(field="staff_id", rule="posted on all of these days")
        if any(first <= item.until_on and last >= item.from_on for first, last in taken[item.staff_id]):
            raise rules.LeaveOverlaps(field="from_on", rule="one leave at a time")
        taken[item.staff_id].append((item.from_on, item.until_on))
        level = "town" if days <= town_days.value else "county"
        fresh.append(
            item.model_dump(exclude={"village"})
            | {"division": item.village, "name": post.name, "level": level, "actor": caller.subject}
            | {"policies": json.dumps([town_days.reference()])}
        )
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        await session.execute(queries.ASK, fresh)
    for row in fresh:
        after = {"staff_id": str(row["staff_id"]), "from": str(row["from_on"]), "until": str(row["until_on"])}
        audit.record(session, "leave.asked", "leave", row["id"], row["division"], after=after, reason=row["reason"])
    return answers


async def decide(session: AsyncSession, items: list[LeaveDecisionIn]) -> Answers:
    """Approve or refuse; the same again is "unchanged"."""
    today, caller = await clock.today(session), caller_of(session)
    rows = {row.id: row for row in await session.execute(queries.LOCK_LEAVES, {"ids": [item.id for item in items]})}
    shown = await _shown(session, list(rows.values()))
    town_days = await policy.resolve(session, "duty.leave_town_days", caller.division, today)
    decided: list[dict[str, Any]] = []

    def one(item: LeaveDecisionIn) -> Outcome:
        row, status = rows.get(item.id), "approved" if item.approved else "refused"
        if row is None:
            raise rules.NoSuchLeave(field="id")
        if row.status == status and row.decided_by == caller.subject:
            return "unchanged"
        rules.check_decision(row, caller, town_days.value)
        if item.approved and any(row.from_on <= day <= row.until_on for day in shown[row.staff_id]):
            raise rules.DiaryOnLeave(field="id", rule="no entry on these days")
        decided.append({"id": item.id, "status": status, "note": item.note, "actor": caller.subject, "day": today})
        return "accepted"

    answers = answer_each(items, one)
    if decided:
        await session.execute(queries.DECIDE, decided)
    for entry in decided:
        row = rows[entry["id"]]
        audit.record(session, f"leave.{entry['status']}", "leave", row.id, row.division, reason=entry["note"])
    return answers


def _covers(post: Any, item: LeaveIn) -> bool:
    return (
        (post.staff_id, post.division) == (item.staff_id, item.village)
        and post.started_on <= item.from_on
        and (post.ended_on is None or item.until_on < post.ended_on)
    )


def _away(day: date, days: int) -> date:
    """So many days from a day, as far as there are days."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


async def _taken(session: AsyncSession, items: list[LeaveIn]) -> dict[UUID, list[tuple[date, date]]]:
    taken: dict[UUID, list[tuple[date, date]]] = defaultdict(list)
    bound = {
        "ids": list({item.staff_id for item in items}),
        "first": _away(min(item.from_on for item in items), -_ADJOINING),
        "last": _away(max(item.until_on for item in items), _ADJOINING),
    }
    for row in await session.execute(queries.LEAVES_OF, bound):
        taken[row.staff_id].append((row.from_on, row.until_on))
    return taken


async def _shown(session: AsyncSession, rows: list[Any]) -> dict[UUID, list[date]]:
    shown: dict[UUID, list[date]] = defaultdict(list)
    if rows:
        bound = {
            "ids": [row.staff_id for row in rows],
            "first": min(row.from_on for row in rows),
            "last": max(row.until_on for row in rows),
        }
        for row in await session.execute(queries.DAYS_OF, bound):
            shown[row.staff_id].append(row.visited_on)
    return shown

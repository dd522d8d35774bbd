"""Write entries of the diary (lists, each item decided by itself), and count days on duty."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.visits import queries, rules
from services.registry.assistance.visits.records import Referred, Visit
from services.registry.assistance.visits.schemas import AttendanceRow, VisitIn
from shared import policy
from shared.database.session import caller_of
from shared.http import paging
from shared.http.items import Answers, Outcome, answer_each
from shared.security import audit
from shared.time import clock


async def write(session: AsyncSession, items: list[VisitIn]) -> Answers:
    """New entries; the same again is "unchanged"."""
    today, caller = await clock.today(session), caller_of(session)
    known = await queries.lock_visits(session, [id for item in items for id in (item.id, item.corrects) if id])
    referred = await _referred(session, items)
    late_days = await policy.resolve(session, "visit.late_days", caller.division, today)
    late = today - timedelta(days=late_days.number())
    fresh: list[Visit] = []
    replaced: dict[UUID, UUID] = {}

    def decide(item: VisitIn) -> Outcome:
        if item.id in known:
            rules.check_same(known[item.id], item)
            return "unchanged"
        rules.check_visit(item, today)
        division = rules.place(item, referred, caller)
        names = rules.names(item, referred, division)
        if item.corrects:
            rules.check_corrects(known.get(item.corrects), caller.subject)
            if item.corrects in replaced:
                raise rules.CorrectedAlready(field="corrects", rule="once")
            replaced[item.corrects] = item.id
        visit = Visit(
            **item.model_dump(exclude={"village", "corrects"}),
            division=division,
            names=names,
            late=item.visited_on < late,
            superseded_by=None,
            recorded_by=caller.subject,
        )
        fresh.append(visit)
        return "accepted"

    answers = answer_each(items, decide)
    await queries.write(session, fresh, replaced)
    for one in fresh:
        after = {"kind": one.kind, "visited_on": str(one.visited_on), "people": [str(id) for id in one.people]}
        audit.record(session, "visit.recorded", "visit", one.id, one.division, after=after)
    return answers


async def attendance(
    session: AsyncSession,
    *,
    year: int,
    month: int | None,
    division: str | None,
    below: bool,
    limit: int,
    cursor: str | None,
) -> paging.Page[AttendanceRow]:
    """Days on duty in a month or a year, against the policy of its first day."""
    first, after = date(year, month or 1, 1), date(year + (month in (None, 12)), (month or 12) % 12 + 1, 1)
    days = await policy.resolve(session, "duty.days", division or caller_of(session).division, first)
    return await paging.of_division(
        session,
        queries.ATTENDANCE,
        AttendanceRow,
        division=division,
        limit=limit,
        cursor=cursor,
        first=first,
        after=after,
        days=days.read(dict[str, int])["month" if month else "year"],
        roles=list(rules.POSTED),
        below=below,
    )


async def _referred(session: AsyncSession, items: list[VisitIn]) -> Referred:
    homes = await queries.homes(session, [item.household_id for item in items if item.household_id])
    people = {id for item in items for id in item.people}
    villages = {*homes.values(), *(item.village for item in items if item.village)}
    days = [item.visited_on for item in items]
    return Referred(
        homes=homes,
        names=await queries.names(session, people, villages),
        absences=await queries.absences_of(session, people, min(days), max(days)),
    )

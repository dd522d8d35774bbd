"""The diary of visits, and leave of absence: asked for by one, decided by another."""

from collections import defaultdict
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.visits import queries, rules
from services.registry.assistance.visits.records import Absence, Decision, Referred, Status, Visit
from services.registry.assistance.visits.schemas import AbsenceDecisionIn, AbsenceIn, AttendanceRow, VisitIn
from shared import policy
from shared.database.session import caller_of
from shared.http import paging
from shared.http.items import Answers, Outcome, answer_each
from shared.security import audit
from shared.time import clock

_ADJOINING = 92  # days within which other pieces of an absence are looked for


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
    homes = await queries.homes(
        session, {(item.household_id, item.visited_on) for item in items if item.household_id}
    )
    people = {id for item in items for id in item.people}
    villages = {*homes.values(), *(item.village for item in items if item.village)}
    days = [item.visited_on for item in items]
    return Referred(
        homes=homes,
        names=await queries.names(session, people, villages),
        absences=await queries.absences_of(session, people, min(days), max(days)),
    )


async def ask(session: AsyncSession, items: list[AbsenceIn]) -> Answers:
    """Ask for leave; the same again is "unchanged"."""
    today, caller = await clock.today(session), caller_of(session)
    town_days = await policy.resolve(session, "duty.absence_town_days", caller.division, today)
    posts = await queries.posts(session, {item.village for item in items})
    known = await queries.known_absences(session, [item.id for item in items])
    taken = await _taken(session, items)
    fresh: list[Absence] = []

    def decide(item: AbsenceIn) -> Outcome:
        if item.id in known:
            rules.check_same_absence(known[item.id], item)
            return "unchanged"
        days = rules.days(item, taken[item.staff_id])
        post = rules.posting(item, posts)
        if any(other.meets(item.from_on, item.until_on) for other in taken[item.staff_id]):
            raise rules.AbsenceOverlaps(field="from_on", rule="one absence at a time")
        absence = Absence(
            **item.model_dump(exclude={"village"}),
            division=item.village,
            name=post.name,
            level="town" if days <= town_days.number() else "county",
            policies=[town_days.reference()],
            status="asked",
            decided_by=None,
            recorded_by=caller.subject,
        )
        taken[item.staff_id].append(absence)
        fresh.append(absence)
        return "accepted"

    answers = answer_each(items, decide)
    await queries.ask(session, fresh)
    for one in fresh:
        after = {"staff_id": str(one.staff_id), "from": str(one.from_on), "until": str(one.until_on)}
        audit.record(session, "absence.asked", "absence", one.id, one.division, after=after, reason=one.reason)
    return answers


async def decide(session: AsyncSession, items: list[AbsenceDecisionIn]) -> Answers:
    """Approve or refuse; the same again is "unchanged"."""
    today, caller = await clock.today(session), caller_of(session)
    locked = await queries.lock_absences(session, [item.id for item in items])
    on_duty = await queries.days_on_duty(session, locked.values())
    subjects = await queries.subjects(session, {one.staff_id for one in locked.values()})
    town_days = await policy.resolve(session, "duty.absence_town_days", caller.division, today)
    decided: list[Decision] = []

    def one(item: AbsenceDecisionIn) -> Outcome:
        absence = locked.get(item.id)
        status: Status = "approved" if item.approved else "refused"
        if absence is None:
            raise rules.NoSuchAbsence(field="id")
        if absence.status == status and absence.decided_by == caller.subject:
            return "unchanged"
        rules.check_decision(absence, caller, subjects[absence.staff_id], town_days.number())
        if item.approved and any(absence.covers(day) for day in on_duty[absence.staff_id]):
            raise rules.DiaryWhileAbsent(field="id", rule="no entry on these days")
        decided.append(Decision(item.id, status, item.note))
        return "accepted"

    answers = answer_each(items, one)
    await queries.decide(session, decided)
    for made in decided:
        place = locked[made.id].division
        audit.record(session, f"absence.{made.status}", "absence", made.id, place, reason=made.note)
    return answers


def _away(day: date, days: int) -> date:
    """So many days from a day, as far as there are days."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


async def _taken(session: AsyncSession, items: list[AbsenceIn]) -> dict[UUID, list[Absence]]:
    """What the people have asked for already, around these days."""
    first = _away(min(item.from_on for item in items), -_ADJOINING)
    last = _away(max(item.until_on for item in items), _ADJOINING)
    return defaultdict(list, await queries.absences_of(session, {item.staff_id for item in items}, first, last))

"""SQL of the diary, of absences and of days on duty."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.visits.records import Absence, Decision, Posting, Visit
from services.registry.assistance.visits.rules import POSTED
from shared.database.session import caller_of
from shared.http.paging import NIL, Order

VISITS_BY: Order = {"division": "", "visited_on": "0001-01-01", "id": NIL}
VISITS = text("""
    SELECT * FROM visit
    WHERE division >= :low AND division < :high
      AND (division, visited_on, id) > (:division, CAST(CAST(:visited_on AS text) AS date), CAST(:id AS uuid))
      AND (CAST(:household_id AS uuid) IS NULL OR household_id = :household_id)
      AND (CAST(:staff_id AS uuid) IS NULL OR people @> ARRAY[CAST(:staff_id AS uuid)])
    ORDER BY division, visited_on, id LIMIT :limit
""")
ABSENCES = text("""
    SELECT * FROM absence
    WHERE division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))
      AND (CAST(:status AS text) IS NULL OR status = :status)
    ORDER BY division, id LIMIT :limit
""")
# A post counts from its first day to the day before its end, within the period and until today. What the policy asks
# of a whole period is asked of a part of it in proportion, rounded down.
ATTENDANCE = text("""
    SELECT id, division, staff_id, name, role, covered, on_duty, absent, required, on_duty < required AS below
    FROM (
        SELECT r.id, r.division, r.staff_id, r.name, r.role, span.covered, shown.on_duty, away.absent,
            CAST(:days AS integer) * span.covered / (CAST(:after AS date) - CAST(:first AS date)) AS required
        FROM responsibility r
        CROSS JOIN LATERAL (SELECT greatest(r.started_on, CAST(:first AS date)) AS since,
            least(r.ended_on, CAST(:after AS date), business_today() + 1) AS until) AS days
        CROSS JOIN LATERAL (SELECT days.until - days.since AS covered) AS span
        CROSS JOIN LATERAL (SELECT count(DISTINCT v.visited_on)::integer AS on_duty FROM visit_person v
            WHERE v.staff_id = r.staff_id AND v.stands AND v.division = r.division
              AND v.visited_on >= days.since AND v.visited_on < days.until) AS shown
        CROSS JOIN LATERAL (SELECT coalesce(sum(least(a.until_on + 1, days.until)
                - greatest(a.from_on, days.since)), 0)::integer AS absent FROM absence a
            WHERE a.staff_id = r.staff_id AND a.status = 'approved' AND a.division = r.division
              AND a.from_on < days.until AND a.until_on >= days.since) AS away
        WHERE r.division >= :low AND r.division < :high AND (r.division, r.id) > (:division, CAST(:id AS uuid))
          AND r.household_id IS NULL AND r.role = ANY(:roles) AND span.covered > 0
    ) AS counted
    WHERE NOT :below OR on_duty < required
    ORDER BY division, id LIMIT :limit
""")
_LOCK_VISITS = text("""
    SELECT id, division, kind, household_id, visited_on, people, names, found, done, photos, late, captured_at,
        superseded_by, recorded_by
    FROM visit WHERE id = ANY(:ids) ORDER BY id FOR UPDATE
""")
# Where a household lived on a day, as far as that village is still there; else where it is now. Who worked there on the
# day sees what was then, also of a household that has moved away since.
_HOMES = text("""
    SELECT asked.id, asked.day, coalesce(lived.division, h.division) AS division
    FROM unnest(CAST(:ids AS uuid[]), CAST(:days AS date[])) AS asked(id, day)
    LEFT JOIN household h ON h.id = asked.id
    LEFT JOIN LATERAL (
        SELECT s.division FROM household_state_believed s JOIN division_now d ON d.code = s.division
        WHERE s.household_id = asked.id AND s.effective_from <= asked.day
          AND (s.effective_to IS NULL OR s.effective_to > asked.day) LIMIT 1
    ) AS lived ON true
    WHERE coalesce(lived.division, h.division) IS NOT NULL
""")
# Who may be named: the staff in sight, and whoever has something in charge in the villages concerned.
_NAMES = text("""
    SELECT id, NULL AS division, name FROM staff WHERE id = ANY(:ids)
    UNION SELECT staff_id, division, name FROM responsibility WHERE division = ANY(:villages) AND staff_id = ANY(:ids)
""")
_WRITE = text("""
    INSERT INTO visit (id, division, kind, household_id, visited_on, people, names, found, done, photos, late,
        captured_at, recorded_by)
    VALUES (:id, :division, :kind, :household_id, :visited_on, :people, :names, :found, :done, :photos, :late,
        :captured_at, :recorded_by)
""")
_WRITE_PEOPLE = text("""
    INSERT INTO visit_person (visit_id, staff_id, division, visited_on)
    VALUES (:visit_id, :staff_id, :division, :visited_on)
""")
_SUPERSEDE = text("UPDATE visit SET superseded_by = :by WHERE id = :id")
_NO_LONGER_STANDS = text("UPDATE visit_person SET stands = false WHERE visit_id = ANY(:ids)")
_ABSENCE = """id, division, staff_id, name, from_on, until_on, reason, level, policies, status, decided_by,
    recorded_by"""
# Shared locks: an entry and the approval of an absence for the same day see each other.
_ABSENCES_OF = text(f"""
    SELECT {_ABSENCE} FROM absence
    WHERE staff_id = ANY(:ids) AND status <> 'refused' AND from_on <= :last AND until_on >= :first
    FOR SHARE
""")
_KNOWN_ABSENCES = text(f"SELECT {_ABSENCE} FROM absence WHERE id = ANY(:ids)")
_LOCK_ABSENCES = text(f"SELECT {_ABSENCE} FROM absence WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
# The posts are locked, so that two requests for leave of one person are seen one after the other.
_POSTS = text("""
    SELECT staff_id, division, name, started_on, ended_on FROM responsibility
    WHERE division = ANY(:villages) AND household_id IS NULL AND role = ANY(:roles) ORDER BY id FOR UPDATE
""")
_SUBJECTS = text("""
    SELECT DISTINCT staff_id, subject FROM responsibility WHERE staff_id = ANY(:ids) AND subject IS NOT NULL
""")
_DAYS_OF = text("""
    SELECT DISTINCT staff_id, visited_on FROM visit_person
    WHERE staff_id = ANY(:ids) AND stands AND visited_on BETWEEN :first AND :last
""")
_ASK = text("""
    INSERT INTO absence (id, division, staff_id, name, from_on, until_on, reason, level, policies, recorded_by)
    VALUES (:id, :division, :staff_id, :name, :from_on, :until_on, :reason, :level, CAST(:policies AS jsonb),
        :recorded_by)
""")
_DECIDE = text("""
    UPDATE absence SET status = :status, note = :note, decided_by = :actor, decided_on = business_today(),
        version = version + 1
    WHERE id = :id
""")


async def lock_visits(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Visit]:
    found = [Visit(*row) for row in await session.execute(_LOCK_VISITS, {"ids": sorted(set(ids))})]
    return {one.id: one for one in found}


async def homes(session: AsyncSession, asked: Collection[tuple[UUID, date]]) -> dict[tuple[UUID, date], str]:
    """The villages of households on days."""
    bound = {"ids": [id for id, _ in asked], "days": [day for _, day in asked]}
    return {(row.id, row.day): row.division for row in await session.execute(_HOMES, bound)}


async def names(
    session: AsyncSession, people: Collection[UUID], villages: Collection[str]
) -> dict[tuple[UUID, str | None], str]:
    """What people are called, by the village in which they have something in charge (None: the staff in sight)."""
    bound = {"ids": list(people), "villages": list(villages)}
    return {(row.id, row.division): row.name for row in await session.execute(_NAMES, bound)}


async def write(session: AsyncSession, fresh: Sequence[Visit], replaced: Mapping[UUID, UUID]) -> None:
    """Write entries, and which of them take the place of others (by the id of the other)."""
    if not fresh:
        return
    await session.execute(_WRITE, [asdict(one) for one in fresh])
    people = [
        {"visit_id": one.id, "staff_id": id, "division": one.division, "visited_on": one.visited_on}
        for one in fresh
        for id in one.people
    ]
    await session.execute(_WRITE_PEOPLE, people)
    if replaced:
        await session.execute(_SUPERSEDE, [{"id": id, "by": by} for id, by in replaced.items()])
        await session.execute(_NO_LONGER_STANDS, {"ids": list(replaced)})


async def absences_of(
    session: AsyncSession, people: Collection[UUID], first: date, last: date
) -> dict[UUID, list[Absence]]:
    """What people have asked for and was not refused, of the days from the first to the last; locked shared."""
    absences: dict[UUID, list[Absence]] = defaultdict(list)
    for row in await session.execute(_ABSENCES_OF, {"ids": list(people), "first": first, "last": last}):
        absences[row.staff_id].append(Absence(*row))
    return absences


async def known_absences(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Absence]:
    return {row.id: Absence(*row) for row in await session.execute(_KNOWN_ABSENCES, {"ids": list(ids)})}


async def lock_absences(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Absence]:
    return {row.id: Absence(*row) for row in await session.execute(_LOCK_ABSENCES, {"ids": list(ids)})}


async def posts(session: AsyncSession, villages: Collection[str]) -> list[Posting]:
    """Who is and was posted in villages, locked."""
    bound = {"villages": sorted(villages), "roles": list(POSTED)}
    return [Posting(*row) for row in await session.execute(_POSTS, bound)]


async def subjects(session: AsyncSession, people: Collection[UUID]) -> dict[UUID, list[str]]:
    """The subjects of people's tokens, as far as what they have in charge says them."""
    found: dict[UUID, list[str]] = defaultdict(list)
    for row in await session.execute(_SUBJECTS, {"ids": list(people)}):
        found[row.staff_id].append(row.subject)
    return found


async def days_on_duty(session: AsyncSession, absences: Collection[Absence]) -> dict[UUID, list[date]]:
    """The days around some absences on which the diary shows their people."""
    shown: dict[UUID, list[date]] = defaultdict(list)
    if absences:
        first, last = min(one.from_on for one in absences), max(one.until_on for one in absences)
        bound = {"ids": [one.staff_id for one in absences], "first": first, "last": last}
        for row in await session.execute(_DAYS_OF, bound):
            shown[row.staff_id].append(row.visited_on)
    return shown


async def ask(session: AsyncSession, fresh: Sequence[Absence]) -> None:
    if fresh:
        await session.execute(_ASK, [asdict(one) | {"policies": json.dumps(one.policies)} for one in fresh])


async def decide(session: AsyncSession, decided: Sequence[Decision]) -> None:
    if decided:
        actor = {"actor": caller_of(session).subject}
        await session.execute(_DECIDE, [asdict(one) | actor for one in decided])

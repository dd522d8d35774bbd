"""SQL of responsibilities; what an assignment touches is locked in one order: staff, organisations, households,
villages.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.organisations import queries as organisations
from services.registry.assistance.responsibility.records import SINGLE, Charge, Home, Responsibility, Span
from services.registry.assistance.responsibility.rules import Scope
from shared.database.session import caller_of
from shared.policy import resolve
from shared.workflow.kinds import Holder

_COUNTY = 6
_COLUMNS = """id, division, role, household_id, organisation_id, organisation, level, staff_id, name, rank, subject,
    started_on, ended_on, follows, note, ended_note, most, policies, version, recorded_by"""
LIST = text(f"""
    SELECT {_COLUMNS} FROM responsibility
    WHERE division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))
      AND (CAST(:role AS text) IS NULL OR role = :role)
      AND (CAST(:staff_id AS uuid) IS NULL OR staff_id = :staff_id)
      AND (CAST(:on AS date) IS NULL OR held_on(started_on, ended_on, :on))
    ORDER BY division, id LIMIT :limit
""")
# OFFSET 0 keeps it one index lookup a household: a page never reads all helpers.
UNHELPED = text("""
    SELECT h.id, h.division, h.number, h.size FROM household h
    WHERE h.division >= :low AND h.division < :high AND (h.division, h.id) > (:division, CAST(:id AS uuid))
      AND h.status = 'registered'
      AND NOT EXISTS (SELECT FROM responsibility r WHERE r.household_id = h.id AND r.ended_on IS NULL OFFSET 0)
    ORDER BY h.division, h.id LIMIT :limit
""")
_LOCK = text(f"SELECT {_COLUMNS} FROM responsibility WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_HOUSEHOLDS = text("SELECT id, division, status FROM household WHERE id = ANY(:ids) ORDER BY id FOR SHARE")
# A village is locked, because two could otherwise take the same post of it at once.
_VILLAGES = text("""
    SELECT code, valid_from, valid_to FROM division WHERE code = ANY(:codes) ORDER BY code, valid_from FOR UPDATE
""")
_TOUCHED = text(f"""
    SELECT {_COLUMNS} FROM responsibility WHERE staff_id = ANY(:staff)
    UNION ALL
    SELECT {_COLUMNS} FROM responsibility WHERE organisation_id = ANY(:departments) AND role = 'department'
    UNION ALL
    SELECT {_COLUMNS} FROM responsibility WHERE division = ANY(:villages) AND household_id IS NULL AND role = ANY(:roles)
""")
# Which identities live in a registered household now.
_POOR = text("""
    SELECT asked.identity_index
    FROM unnest(CAST(:indexes AS bytea[])) AS asked(identity_index)
    CROSS JOIN LATERAL (SELECT id FROM person p WHERE p.identity_index = asked.identity_index LIMIT 1) AS known
    CROSS JOIN LATERAL (SELECT household_id FROM membership_now m
        WHERE m.person_id = known.id LIMIT 1) AS living
    CROSS JOIN LATERAL (SELECT 1 FROM household h
        WHERE h.id = living.household_id AND h.status = 'registered' LIMIT 1) AS registered
""")
_DIVISION = text("SELECT division FROM household WHERE id = :id")
_OF_HOUSEHOLD = text(f"SELECT {_COLUMNS} FROM responsibility WHERE household_id = :id ORDER BY started_on, id")
_HELPERS = text(f"""
    SELECT {_COLUMNS} FROM responsibility WHERE role = 'helper' AND (CAST(:after AS uuid) IS NULL OR id > :after)
    ORDER BY id LIMIT :limit FOR UPDATE
""")
_HOLDERS = text("""
    SELECT role, name, subject FROM responsibility
    WHERE division = :village AND role = ANY(:roles) AND held_on(started_on, ended_on, :on)
""")
# What somebody has in charge, by the subject of their token.
_CHARGES = text("""
    SELECT role, division, household_id IS NOT NULL, name, organisation, started_on FROM responsibility
    WHERE subject = :subject AND held_on(started_on, ended_on, :on) ORDER BY started_on, id
""")
_EMPLOYED = text("""
    SELECT s.name, o.name FROM staff s JOIN organisation o ON o.id = s.organisation_id WHERE s.subject = :subject
""")


async def lock(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Responsibility]:
    """The responsibilities of some ids within the caller's division, locked."""
    found = [Responsibility(*row) for row in await session.execute(_LOCK, {"ids": sorted(set(ids))})]
    return {one.id: one for one in found}


async def scope(
    session: AsyncSession,
    *,
    staff: Collection[UUID] = (),
    departments: Collection[UUID] = (),
    households: Collection[UUID] = (),
    villages: Collection[str] = (),
    today: date,
) -> Scope:
    """Lock and read everything that a list of assignments names."""
    people = await organisations.lock_staff(session, staff)
    employers = await organisations.lock(session, {*departments, *(one.organisation_id for one in people.values())})
    found = await session.execute(_HOUSEHOLDS, {"ids": sorted(households)})
    homes = {row.id: Home(*row) for row in found}
    days: dict[str, list[Span]] = defaultdict(list)
    for row in await session.execute(_VILLAGES, {"codes": sorted(villages)}):
        days[row.code].append(Span(row.valid_from, row.valid_to))
    indexes = [one.identity_index for one in people.values() if one.identity_index] if households else []
    touched = Scope(
        staff=people,
        organisations=employers,
        households=homes,
        villages=days,
        limits={
            county: await resolve(session, "responsibility.limits", county, today)
            for county in {home.division[:_COUNTY] for home in homes.values()}
        },
        poor=frozenset((await session.execute(_POOR, {"indexes": indexes})).scalars()),
    )
    bound = {"staff": list(people), "departments": list(departments), "villages": list(villages)}
    for row in await session.execute(_TOUCHED, bound | {"roles": list(SINGLE)}):
        touched.note(Responsibility(*row))
    return touched


async def of_household(session: AsyncSession, household_id: UUID) -> list[Responsibility]:
    """Who helped a household from when to when, the first one first."""
    return [Responsibility(*row) for row in await session.execute(_OF_HOUSEHOLD, {"id": household_id})]


async def division_of(session: AsyncSession, household_id: UUID) -> str | None:
    """Where a household is registered."""
    division: str | None = (await session.execute(_DIVISION, {"id": household_id})).scalar()
    return division


async def helpers(session: AsyncSession, after: UUID | None, limit: int) -> list[Responsibility]:
    """Responsibilities for households in the order of their ids, locked."""
    return [Responsibility(*row) for row in await session.execute(_HELPERS, {"after": after, "limit": limit})]


async def holders(session: AsyncSession, village: str, on: date) -> dict[str, Holder]:
    """By role (village_secretary, first_secretary, team_leader), who holds it on the day; a vacant one is absent.

    A village's own holders are within its reach, though the county's staff is not.
    """
    found = await session.execute(_HOLDERS, {"village": village, "roles": list(SINGLE), "on": on})
    return {row.role: Holder(row.name, row.subject) for row in found}


async def charges(session: AsyncSession, on: date) -> list[Charge]:
    """What the caller has in charge on a day, by the subject of their token."""
    bound = {"subject": caller_of(session).subject, "on": on}
    return [Charge(*row) for row in await session.execute(_CHARGES, bound)]


async def employment(session: AsyncSession) -> tuple[str, str] | None:
    """The caller's name and the organisation that they work in; None where nobody in sight has their subject."""
    row = (await session.execute(_EMPLOYED, {"subject": caller_of(session).subject})).one_or_none()
    return (row[0], row[1]) if row else None

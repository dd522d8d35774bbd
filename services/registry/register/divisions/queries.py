"""SQL of divisions: recorded, listed, renamed, merged, split."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.divisions.records import Going, Listed, Redivision, Succession
from shared.names.divisions import within

RECORD = text("""
    INSERT INTO division (code, name, valid_from, valid_to, invented, recorded_by)
    VALUES (:code, :name, :valid_from, :valid_to, :invented, :actor)
    ON CONFLICT DO NOTHING RETURNING code
""")
_LIST = text("""
    SELECT code, name, valid_from, valid_to, invented FROM division
    WHERE code >= :low AND code < :high AND (code, valid_from) > (:code, CAST(CAST(:day AS text) AS date))
      AND (CAST(:on AS date) IS NULL OR held_on(valid_from, valid_to, :on))
    ORDER BY code, valid_from LIMIT :limit
""")
# What exists in a county right before a day and is not known to end before it.
_BEFORE = text("""
    SELECT code, name FROM division
    WHERE code >= :low AND code < :high AND valid_from < :day AND (valid_to IS NULL OR valid_to >= :day)
""")
_LATER = text("""
    SELECT min(code) FROM division WHERE code = ANY(:codes) AND (valid_from >= :day OR valid_to >= :day)
""")
END = text("""
    UPDATE division SET valid_to = :day
    WHERE code = ANY(:codes) AND valid_from < :day AND valid_to IS NULL
""")
BEGIN = text("""
    INSERT INTO division (code, name, valid_from, invented, recorded_by)
    SELECT code, name, :day, EXISTS (SELECT FROM division d WHERE d.code = ANY(:from) AND d.invented), :actor
    FROM unnest(CAST(:codes AS text[]), CAST(:names AS text[])) AS new(code, name)
""")
_ROWS = text("""
    SELECT code, name, valid_from, valid_to, invented, row_number() OVER (PARTITION BY code ORDER BY valid_from) AS number
    FROM division WHERE code = ANY(:codes) ORDER BY code, valid_from
""")
LINES = text("""
    INSERT INTO division_lineage (redivision_id, from_code, to_code, day, kind, whole, recorded_by)
    SELECT :id, from_code, to_code, :day, :kind, whole, :actor
    FROM unnest(CAST(:from AS text[]), CAST(:to AS text[]), CAST(:whole AS boolean[])) AS line(from_code, to_code, whole)
""")
_LINEAGE = text("""
    SELECT redivision_id, from_code, to_code, day, kind FROM division_lineage
    WHERE from_code = :code OR to_code = :code ORDER BY day, from_code, to_code
""")
OPEN = text("""
    INSERT INTO redivision (id, division, kind, day, ground, said, recorded_by)
    VALUES (:id, :division, :kind, :day, :ground, CAST(:said AS jsonb), :actor)
""")
_REDIVISION = "id, division, kind, day, ground, said, moved, finished_at, recorded_at, recorded_by"
_ONE = text(f"SELECT {_REDIVISION} FROM redivision WHERE id = :id")
_HOUSEHOLDS = text("SELECT id FROM household WHERE division = :code")
ASSIGN = text("""
    INSERT INTO redivision_household (redivision_id, household_id, division, to_code)
    SELECT :id, household_id, :code, to_code
    FROM unnest(CAST(:households AS uuid[]), CAST(:to AS text[])) AS row(household_id, to_code)
""")
# Whole villages move (a household that was registered meanwhile goes along), or those that were assigned.
_NEXT = text("""
    SELECT h.id, l.to_code FROM division_lineage l JOIN household h ON h.division = l.from_code
    WHERE l.redivision_id = :id AND l.whole ORDER BY h.id LIMIT :limit
""")
_NEXT_ASSIGNED = text("""
    SELECT household_id AS id, to_code FROM redivision_household
    WHERE redivision_id = :id AND moved_at IS NULL ORDER BY household_id LIMIT :limit
""")
ASSIGNED_MOVED = text("""
    UPDATE redivision_household SET moved_at = business_now() WHERE redivision_id = :id AND household_id = ANY(:ids)
""")
_COUNT = text(f"""
    UPDATE redivision SET moved = moved + :moved,
        finished_at = CASE WHEN :finished THEN business_now() END WHERE id = :id RETURNING {_REDIVISION}
""")


# Since when each household lies in the division where it lies now.
_THERE_SINCE = text("""
    SELECT household_id, max(effective_from) AS since FROM (
        SELECT household_id, effective_from, division,
            lag(division) OVER (PARTITION BY household_id ORDER BY effective_from) AS before
        FROM household_state_believed WHERE household_id = ANY(:ids)) AS stretch
    WHERE before IS DISTINCT FROM division GROUP BY household_id
""")


async def there_since(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, date]:
    """Since when some households lie in the division where they lie now."""
    rows = await session.execute(_THERE_SINCE, {"ids": list(ids)})
    return {row.household_id: row.since for row in rows}


async def page(session: AsyncSession, low: str, after: tuple[str, str], on: date | None, limit: int) -> list[Listed]:
    """Divisions by code, from the one after ``after`` (code and first day)."""
    place = {**within(low), "code": after[0], "day": after[1]}
    return [Listed(*row) for row in await session.execute(_LIST, place | {"on": on, "limit": limit})]


async def names_before(session: AsyncSession, prefix: str, day: date) -> dict[str, str]:
    """The divisions within one as they are right before a day, by code."""
    found = await session.execute(_BEFORE, within(prefix) | {"day": day})
    return {row.code: row.name for row in found}


async def changed_later(session: AsyncSession, codes: Iterable[str], day: date) -> str | None:
    """One of these divisions that has changed on the day or after it."""
    code: str | None = (await session.execute(_LATER, {"codes": sorted(codes), "day": day})).scalar()
    return code


async def stretches(session: AsyncSession, codes: Iterable[str]) -> list[tuple[Listed, int]]:
    """Every stretch of days of divisions, each with its number among those of its code."""
    found = await session.execute(_ROWS, {"codes": sorted(codes)})
    return [(Listed(row.code, row.name, row.valid_from, row.valid_to, row.invented), row.number) for row in found]


async def lineage(session: AsyncSession, code: str) -> list[Succession]:
    """What a division came out of and went into."""
    return [Succession(*row) for row in await session.execute(_LINEAGE, {"code": code})]


async def redivision(session: AsyncSession, id: UUID) -> Redivision | None:
    """A merger or split."""
    row = (await session.execute(_ONE, {"id": id})).one_or_none()
    return Redivision(*row) if row else None


async def households_of(session: AsyncSession, code: str) -> set[UUID]:
    """The households of a village, registered or not."""
    return set((await session.execute(_HOUSEHOLDS, {"code": code})).scalars())


async def assigned(session: AsyncSession, id: UUID, limit: int) -> list[Going]:
    """The next households that were assigned to another part of their village."""
    return [Going(*row) for row in await session.execute(_NEXT_ASSIGNED, {"id": id, "limit": limit})]


async def of_whole_villages(session: AsyncSession, id: UUID, limit: int) -> list[Going]:
    """The next households of villages that go along as a whole."""
    return [Going(*row) for row in await session.execute(_NEXT, {"id": id, "limit": limit})]


async def count(session: AsyncSession, id: UUID, moved: int, *, finished: bool) -> Redivision:
    """So many more households have moved."""
    return Redivision(*(await session.execute(_COUNT, {"id": id, "moved": moved, "finished": finished})).one())

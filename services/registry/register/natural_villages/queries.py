"""SQL of natural villages: lists of them, who lives where, what the register counts."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.natural_villages.records import Known, Lives, Stated

LIST = text("""
    SELECT id, division, kind, code, name, valid_from, valid_to, source FROM natural_village
    WHERE division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))
      AND (CAST(:on AS date) IS NULL OR held_on(valid_from, valid_to, :on))
    ORDER BY division, id LIMIT :limit
""")
_KNOWN = text("""
    SELECT id, division, kind, code, name, valid_from, valid_to, source FROM natural_village WHERE id = ANY(:ids)
""")
_CODES = text("SELECT code FROM natural_village WHERE code = ANY(:codes) AND valid_to IS NULL")
RECORD = """
    INSERT INTO natural_village (id, division, kind, code, name, valid_from, valid_to, source, recorded_by)
    SELECT id, division, kind, code, name, valid_from, valid_to, source, $2
    FROM jsonb_to_recordset($1::jsonb) AS row(id uuid, division text, kind text, code text, name text,
        valid_from date, valid_to date, source text)
"""
# What is said again as it stands is left as it is.
SUPERSEDE = """
    UPDATE natural_village_total t SET superseded_at = business_now()
    FROM jsonb_to_recordset($1::jsonb) AS row(id uuid, year integer, item text, value integer, source text)
    WHERE t.natural_village_id = row.id AND t.year = row.year AND t.item = row.item AND t.superseded_at IS NULL
      AND (t.value, t.source) <> (row.value, row.source)
"""
STATE = """
    INSERT INTO natural_village_total (natural_village_id, division, year, item, value, source, recorded_by)
    SELECT row.id, row.division, row.year, row.item, row.value, row.source, $2
    FROM jsonb_to_recordset($1::jsonb) AS row(id uuid, division text, year integer, item text, value integer,
        source text)
    ON CONFLICT (natural_village_id, year, item) WHERE superseded_at IS NULL DO NOTHING
"""
_STATED = text("""
    SELECT item, value, source FROM natural_village_total
    WHERE natural_village_id = :id AND year = :year AND superseded_at IS NULL
""")
_HOUSEHOLDS = text("""
    SELECT h.id, h.division, p.natural_village_id, p.valid_from
    FROM household h LEFT JOIN household_place p ON p.household_id = h.id AND p.valid_to IS NULL
    WHERE h.id = ANY(:ids) ORDER BY h.id FOR UPDATE OF h
""")
LEAVE = """
    UPDATE household_place p SET valid_to = row.valid_from
    FROM jsonb_to_recordset($1::jsonb) AS row(id uuid, valid_from date)
    WHERE p.household_id = row.id AND p.valid_to IS NULL AND p.valid_from < row.valid_from
"""
UNDO = """
    DELETE FROM household_place p USING jsonb_to_recordset($1::jsonb) AS row(id uuid, valid_from date)
    WHERE p.household_id = row.id AND p.valid_from = row.valid_from
"""
PLACE = """
    INSERT INTO household_place (household_id, natural_village_id, division, valid_from, recorded_by)
    SELECT row.id, row.natural_village_id, row.division, row.valid_from, $2
    FROM jsonb_to_recordset($1::jsonb) AS row(id uuid, natural_village_id uuid, division text, valid_from date)
"""
# The households of a natural village on a day, as the register believes now that they were then.
_COUNTED = text("""
    SELECT count(*) AS poor_households, coalesce(sum(s.size), 0) AS poor_persons,
        count(*) FILTER (WHERE s.attribute LIKE '%低保%') AS allowance_households,
        coalesce(sum(s.size) FILTER (WHERE s.attribute LIKE '%低保%'), 0) AS allowance_persons,
        count(*) FILTER (WHERE s.attribute LIKE '%五保%') AS destitute_households,
        coalesce(sum(s.size) FILTER (WHERE s.attribute LIKE '%五保%'), 0) AS destitute_persons
    FROM household_place p JOIN household_state_believed s ON s.household_id = p.household_id
    WHERE p.natural_village_id = :id AND held_on(p.valid_from, p.valid_to, :on)
      AND s.status = 'registered'
      AND held_on(s.effective_from, s.effective_to, :on)
""")
_OF_VILLAGE = text("SELECT id FROM natural_village WHERE division = :code")
_LIVING = text("SELECT household_id, natural_village_id FROM household_place_now WHERE division = :code")
MOVE = text("""
    UPDATE natural_village n SET division = row.to_code
    FROM unnest(CAST(:ids AS uuid[]), CAST(:to AS text[])) AS row(id, to_code) WHERE n.id = row.id
""")
TOTALS_MOVE = text("""
    UPDATE natural_village_total t SET division = n.division FROM natural_village n
    WHERE n.id = t.natural_village_id AND n.id = ANY(:ids)
""")


async def known(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Known]:
    """Natural villages by id."""
    return {row.id: Known(*row) for row in await session.execute(_KNOWN, {"ids": list(ids)})}


async def taken_codes(session: AsyncSession, codes: Iterable[str]) -> set[str]:
    """Those of these codes that a natural village has."""
    return set((await session.execute(_CODES, {"codes": sorted(set(codes))})).scalars())


async def lock_living(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Lives]:
    """Households by id with where they live, locked."""
    return {row.id: Lives(*row) for row in await session.execute(_HOUSEHOLDS, {"ids": list(ids)})}


async def stated(session: AsyncSession, id: UUID, year: int) -> dict[str, Stated]:
    """The stated totals of a natural village by code."""
    found = await session.execute(_STATED, {"id": id, "year": year})
    return {row.item: Stated(*row) for row in found}


async def counted(session: AsyncSession, id: UUID, on: date) -> dict[str, int]:
    """What the register counts in a natural village on a day, by the key of the total."""
    return dict((await session.execute(_COUNTED, {"id": id, "on": on})).mappings().one())


async def of_village(session: AsyncSession, code: str) -> set[UUID]:
    """The natural villages of a village."""
    return set((await session.execute(_OF_VILLAGE, {"code": code})).scalars())


async def living(session: AsyncSession, code: str) -> dict[UUID, UUID]:
    """The households of a village that live in a natural village, each with it."""
    found = await session.execute(_LIVING, {"code": code})
    return {row.household_id: row.natural_village_id for row in found}

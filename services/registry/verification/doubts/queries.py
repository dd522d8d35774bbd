"""SQL of doubts: lists and work lists, what waits, and what other services have published."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.doubts.records import Whereabouts

LIST = text("""
    SELECT doubt.*, coalesce(due_on < business_today(), false) AS overdue FROM doubt
    WHERE division >= :low AND division < :high
      AND (CAST(:status AS text) IS NULL OR status = :status) AND (CAST(:rule AS text) IS NULL OR rule = :rule)
      AND (CAST(:source AS text) IS NULL OR source = :source)
      AND (CAST(:household AS uuid) IS NULL OR household_id = :household)
      AND (division, id) > (:division, CAST(:id AS uuid))
    ORDER BY division, id LIMIT :limit
""")
WORK = text("""
    SELECT doubt.*, coalesce(due_on < business_today(), false) AS overdue FROM doubt
    WHERE county = :county AND desk = :desk AND due_on < :before AND division >= :low AND division < :high
      AND (due_on, id) > (CAST(CAST(:due_on AS text) AS date), CAST(:id AS uuid))
    ORDER BY due_on, id LIMIT :limit
""")
GET = text("""
    SELECT doubt.*, coalesce(due_on < business_today(), false) AS overdue FROM doubt WHERE id = :id
""")
STEPS = text("""
    SELECT step, round, status, done_on, content, recorded_at, recorded_by FROM doubt_step
    WHERE doubt_id = :id ORDER BY version
""")
# What waits at the desks of a level; ``me`` has had no part in what they are to review or to close.
TASKS = text("""
    SELECT id, household_id, division, status, due_on FROM doubt
    WHERE division >= :low AND division < :high AND desk = :desk AND (due_on, id) > (:due_on, :id)
      AND (NOT :mine OR status NOT IN ('judged', 'reviewed') OR NOT EXISTS (
          SELECT FROM unnest(ARRAY[checked_by, judged_by, reviewed_by]) AS one
          WHERE person_key(one) = :me))
    ORDER BY due_on, id LIMIT :limit
""")
_SEQUENCES = text("""
    SELECT d.source, d.reference, max(d.sequence) AS sequence
    FROM unnest(CAST(:sources AS text[]), CAST(:references AS uuid[])) AS told(source, reference)
    JOIN doubt d ON d.source = told.source AND d.reference = told.reference
    GROUP BY d.source, d.reference
""")
_SEEN = text("""
    UPDATE doubt d SET sequence = told.sequence
    FROM unnest(CAST(:sources AS text[]), CAST(:references AS uuid[]), CAST(:sequences AS bigint[]))
        AS told(source, reference, sequence)
    WHERE d.source = told.source AND d.reference = told.reference AND d.sequence < told.sequence
""")
# Where households live, held until the doubt is written: who moves meanwhile takes it along.
_WHEREABOUTS = text("""
    SELECT h.id, h.division, ARRAY(SELECT c.division FROM change c WHERE c.household_id = h.id) AS past
    FROM household h WHERE h.id = ANY(:ids) ORDER BY h.id FOR SHARE OF h
""")
# A division is known where it, or one in it, is on the list: that of a county need not be recorded itself.
_PLACES = text("""
    SELECT asked.code, bool_or(held_on(d.valid_from, d.valid_to, business_today())) AS exists
    FROM unnest(CAST(:codes AS text[])) AS asked(code)
    JOIN division d ON d.code >= asked.code AND d.code < asked.code || ':'
    GROUP BY asked.code
""")


async def sequences(session: AsyncSession, told: Iterable[tuple[str, UUID]]) -> dict[tuple[str, UUID], int]:
    """The last version of records of other services (source and id) that is on the list."""
    pairs = list(told)
    bound = {"sources": [source for source, _ in pairs], "references": [id for _, id in pairs]}
    return {(row.source, row.reference): row.sequence for row in await session.execute(_SEQUENCES, bound)}


async def seen(session: AsyncSession, told: Sequence[tuple[str, UUID, int]]) -> None:
    """Doubts that are on the list were found again: by which version of their records."""
    sources, references, numbers = zip(*told, strict=True)
    bound = {"sources": list(sources), "references": list(references), "sequences": list(numbers)}
    await session.execute(_SEEN, bound)


async def whereabouts(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Whereabouts]:
    """Where households live, and where they have lived."""
    found = await session.execute(_WHEREABOUTS, {"ids": sorted(set(ids))})
    return {row.id: Whereabouts(row.division, frozenset(row.past) | {row.division}) for row in found}


async def places(session: AsyncSession, codes: Iterable[str]) -> dict[str, bool]:
    """Divisions that are or were, and whether they exist today."""
    found = await session.execute(_PLACES, {"codes": sorted(set(codes))})
    return {row.code: row.exists for row in found}

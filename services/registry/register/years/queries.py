"""Sums over the register's changes, as known when their county closed the year. One pass serves them all."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.names.divisions import within

# What was recorded before a county closed a year was known then; of an open year everything is known. An opening is
# the end of 31 December of the year before, as known when that year was closed. A change that was cancelled counts no
# more times; what it makes others add is theirs.
_CLOSED = """
    SELECT division AS county, min(closed_at) FILTER (WHERE year = :year - 1) AS opening,
        min(closed_at) FILTER (WHERE year = :year) AS closing
    FROM year_close WHERE year IN (:year - 1, :year) GROUP BY division
"""
_PHASE = """CASE
    WHEN c.recorded_at >= closed.closing THEN 'after'
    WHEN c.effective_on >= :first THEN 'year'
    WHEN c.recorded_at >= coalesce(closed.opening, closed.closing) THEN 'late'
    ELSE 'opening' END"""
_SUMS = text(f"""
    WITH closed AS MATERIALIZED ({_CLOSED}), known AS (
        SELECT left(c.division, :width) AS division, c.kind, c.reason, c.effective_on < :first AS late, c.households,
            c.persons, c.times, {_PHASE} AS phase
        FROM change c LEFT JOIN closed ON closed.county = left(c.division, 6)
        WHERE c.division >= :low AND c.division < :high AND c.effective_on < :after
    )
    SELECT division, phase, CASE WHEN phase <> 'opening' THEN kind ELSE '' END AS kind,
        CASE WHEN phase <> 'opening' THEN reason ELSE '' END AS reason, phase <> 'opening' AND late AS late,
        sum(times) AS changes, sum(households) AS households, sum(persons) AS persons
    FROM known GROUP BY 1, 2, 3, 4, 5
    HAVING phase = 'opening' OR sum(households) <> 0 OR sum(persons) <> 0
        OR (sum(times) <> 0 AND sum(abs(households) + abs(persons)) > 0)
""")
# Each change that the sums of a year are made of, with what it counts as.
CHANGES = text(f"""
    WITH closed AS MATERIALIZED ({_CLOSED})
    SELECT c.id, c.division, c.household_id, h.number, c.kind, c.reason, c.effective_on, c.recorded_at, c.households,
        c.persons, c.times, as_known.phase, as_known.phase <> 'opening' AND c.effective_on < :first AS late
    FROM change c LEFT JOIN closed ON closed.county = left(c.division, 6)
    LEFT JOIN household h ON h.id = c.household_id
    CROSS JOIN LATERAL (SELECT {_PHASE} AS phase) AS as_known
    WHERE c.division >= :low AND c.division < :high AND c.effective_on < :after
      AND (c.division, c.effective_on, c.id) > (:division, CAST(CAST(:effective_on AS text) AS date), CAST(:id AS uuid))
    ORDER BY c.division, c.effective_on, c.id LIMIT :limit
""")
# The frozen rows of a year by division and place.
LINES = text("""
    SELECT * FROM (
        SELECT division, line, kind, reason, late, changes, households, persons,
            concat_ws('|', line, kind, reason, late) COLLATE "C" AS place
        FROM year_statistic WHERE division >= :low AND division < :high AND year = :year AND division >= :division
    ) AS frozen
    WHERE (division, place) > (:division, CAST(:place AS text))
    ORDER BY division, place LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class Sum:
    """What changes of one kind and reason add to one division.

    ``phase``: in the ``opening``; in the ``year``; ``late``, of earlier years and learned in this one; ``after`` the
    close.
    """

    division: str
    phase: str
    kind: str
    reason: str
    late: bool
    changes: int
    households: int
    persons: int


async def sums(session: AsyncSession, year: int, prefix: str, width: int) -> list[Sum]:
    """The sums of a division, by the divisions of some width in it."""
    bound: dict[str, object] = {"year": year, "width": width, **within(prefix)}
    bound |= {"first": date(year, 1, 1), "after": date(year + 1, 1, 1)}
    return [Sum(**row._mapping) for row in await session.execute(_SUMS, bound)]  # noqa: SLF001 (a row's public mapping)

"""What runs found: lists, counts by rule and division, and the difference between two runs."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_FIRST = "00000000-0000-0000-0000-000000000000"
_RUNS = text("""
    SELECT r.id, r.division, j.status, r.data_year, r.as_of, r.rule_set, r.households, r.persons, r.findings,
        r.recorded_at, r.recorded_by
    FROM audit_run r JOIN job j ON j.id = r.id
    WHERE r.division >= :low AND r.division < :high AND (r.division, r.id) > (:division, CAST(:id AS uuid))
    ORDER BY r.division, r.id LIMIT :limit
""")
_RUN = text("""
    SELECT r.id, r.division, j.status, r.data_year, r.as_of, r.rule_set, r.rules, r.policies, r.households,
        r.persons, r.findings, r.recorded_at, r.recorded_by, j.done, j.total, j.problem
    FROM audit_run r JOIN job j ON j.id = r.id WHERE r.id = :id
""")
_COLUMNS = "f.rule, f.division, f.household_id, f.version, f.person_id, f.subject_id, f.evidence"
_OF_DIVISION = """
    SELECT {columns} FROM audit_finding f
    WHERE f.run_id = :run_id AND f.division >= :low AND f.division < :high
      AND (f.division, f.household_id, f.rule, f.subject_id)
        > (:division, CAST(:household_id AS uuid), :rule_after, CAST(:subject_id AS uuid)) {further}
    ORDER BY f.division, f.household_id, f.rule, f.subject_id LIMIT :limit
"""
_FINDINGS = text(_OF_DIVISION.format(columns=_COLUMNS, further=""))
_OF_RULE = text(_OF_DIVISION.format(columns=_COLUMNS, further="AND f.rule = :rule"))
# What the run has and the other has not.
_ALONE = text(
    _OF_DIVISION.format(
        columns=_COLUMNS,
        further="""AND NOT EXISTS (SELECT FROM audit_finding o WHERE o.run_id = :other
            AND o.household_id = f.household_id AND o.rule = f.rule AND o.subject_id = f.subject_id)""",
    )
)
_BOTH = text(
    _OF_DIVISION.format(
        columns=_COLUMNS,
        further="""AND EXISTS (SELECT FROM audit_finding o WHERE o.run_id = :other
            AND o.household_id = f.household_id AND o.rule = f.rule AND o.subject_id = f.subject_id)""",
    )
)
_COUNTS = text("""
    SELECT division, rule, findings, households FROM (
        SELECT left(division, :width) AS division, rule, CAST(sum(findings) AS integer) AS findings,
            CAST(sum(households) AS integer) AS households
        FROM audit_count WHERE run_id = :run_id AND division >= :low AND division < :high
        GROUP BY 1, 2) AS counted
    WHERE (division, rule) > (:division, :rule) ORDER BY division, rule LIMIT :limit
""")
_COMPARED = text("""
    SELECT rule, CAST(count(*) FILTER (WHERE later AND NOT earlier) AS integer) AS new,
        CAST(count(*) FILTER (WHERE earlier AND NOT later) AS integer) AS gone,
        CAST(count(*) FILTER (WHERE earlier AND later) AS integer) AS still
    FROM (
        SELECT household_id, rule, subject_id, bool_or(run_id = :run_id) AS later, bool_or(run_id = :other) AS earlier
        FROM audit_finding WHERE run_id IN (:run_id, :other) GROUP BY household_id, rule, subject_id) AS paired
    GROUP BY rule HAVING rule > :after ORDER BY rule LIMIT :limit
""")


async def runs(session: AsyncSession, low: str, after: list[Any] | None, limit: int) -> list[Any]:
    """Runs within a division, by division and id."""
    division, id = after or ("", _FIRST)
    bound = {"low": low, "high": low + ":", "division": division, "id": id, "limit": limit}
    return list(await session.execute(_RUNS, bound))


async def run(session: AsyncSession, id: UUID) -> Any:
    """One run with its job, or None."""
    return (await session.execute(_RUN, {"id": id})).one_or_none()


async def findings(
    session: AsyncSession,
    run_id: UUID,
    low: str,
    after: list[Any] | None,
    limit: int,
    *,
    rule: str | None = None,
) -> list[Any]:
    """Findings of a run within a division, of one rule where one is named."""
    bound = _position(run_id, low, after, limit)
    if rule is None:
        return list(await session.execute(_FINDINGS, bound))
    return list(await session.execute(_OF_RULE, bound | {"rule": rule}))


async def difference(
    session: AsyncSession, run_id: UUID, other: UUID, low: str, after: list[Any] | None, limit: int, *, both: bool
) -> list[Any]:
    """Findings of a run that another has too, or has not."""
    bound = _position(run_id, low, after, limit) | {"other": other}
    return list(await session.execute(_BOTH if both else _ALONE, bound))


async def counts(
    session: AsyncSession, run_id: UUID, low: str, width: int, after: list[Any] | None, limit: int
) -> list[Any]:
    """How often each rule is broken in the divisions of some width within a division."""
    division, rule = after or ("", "")
    bound = {"run_id": run_id, "low": low, "high": low + ":", "width": width}
    return list(await session.execute(_COUNTS, bound | {"division": division, "rule": rule, "limit": limit}))


async def compared(
    session: AsyncSession, run_id: UUID, other: UUID, after: list[Any] | None, limit: int
) -> list[Any]:
    """Two runs, rule by rule."""
    bound = {"run_id": run_id, "other": other, "after": after[0] if after else "", "limit": limit}
    return list(await session.execute(_COMPARED, bound))


def place(row: Any) -> list[str]:
    """The place of a finding in a list."""
    return [row.division, str(row.household_id), row.rule, str(row.subject_id)]


def _position(run_id: UUID, low: str, after: list[Any] | None, limit: int) -> dict[str, Any]:
    division, household_id, rule, subject_id = after or ("", _FIRST, "", _FIRST)
    return {
        "run_id": run_id,
        "low": low,
        "high": low + ":",
        "division": division,
        "household_id": household_id,
        "rule_after": rule,
        "subject_id": subject_id,
        "limit": limit,
    }

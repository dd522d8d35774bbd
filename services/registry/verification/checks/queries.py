"""SQL of data checks: runs, what they found, counts by rule and division, and the difference between two runs."""

import json
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.checks.records import Count, Difference, Found, Run, Task, Thresholds
from shared.database.session import caller_of
from shared.http.paging import FIRST
from shared.names.divisions import within

_NIL = FIRST[1]
_START = text("""
    INSERT INTO data_check (id, division, data_year, as_of, rule_set, rules, recorded_by)
    VALUES (:id, :division, :data_year, :as_of, :rule_set, :rules, :actor) ON CONFLICT DO NOTHING RETURNING id
""")
_GET = text("SELECT id, division, data_year, as_of, rule_set, rules, households FROM data_check WHERE id = :id")
LIST = text("""
    SELECT r.id, r.division, j.status, r.data_year, r.as_of, r.rule_set, r.households, r.persons, r.findings,
        r.recorded_at, r.recorded_by
    FROM data_check r JOIN job j ON j.id = r.id
    WHERE r.division >= :low AND r.division < :high AND (r.division, r.id) > (:division, CAST(:id AS uuid))
    ORDER BY r.division, r.id LIMIT :limit
""")
STATE = text("""
    SELECT r.id, r.division, j.status, r.data_year, r.as_of, r.rule_set, r.rules, r.policies, r.households,
        r.persons, r.findings, r.recorded_at, r.recorded_by, j.done, j.total, j.problem
    FROM data_check r JOIN job j ON j.id = r.id WHERE r.id = :id
""")
_TOTAL = text("SELECT count(*) FROM household WHERE division >= :low AND division < :high AND status <> 'removed'")
_DIVISION = text("SELECT division FROM household WHERE id = :id")
# What the caller of a run sees of its stretch: the village to begin with, and where to stop.
_NEXT_VILLAGE = text("""
    SELECT division FROM household WHERE division > :after AND division >= :low AND division < :high
    ORDER BY division, id LIMIT 1
""")
_LAST_VILLAGE = text("""
    SELECT division FROM household WHERE division >= :low AND division < :high ORDER BY division, id
    OFFSET :households LIMIT 1
""")
_COUNT = text("""
    INSERT INTO data_check_count (check_id, division, rule, findings, households)
    SELECT check_id, division, rule, count(*), count(DISTINCT household_id) FROM data_check_finding
    WHERE check_id = :check_id AND division >= :low AND division < :high GROUP BY check_id, division, rule
""")
_SIZE = text("""
    UPDATE data_check SET
        households = households + (SELECT count(*) FROM checked_household),
        persons = persons + (SELECT coalesce(sum(persons), 0) FROM checked_household),
        findings = findings + (SELECT coalesce(sum(findings), 0) FROM data_check_count
            WHERE check_id = :check_id AND division >= :low AND division < :high),
        policies = (SELECT coalesce(jsonb_agg(DISTINCT one), '[]')
            FROM jsonb_array_elements(policies || CAST(:policies AS jsonb)) AS one)
    WHERE id = :check_id
""")
_OF_DIVISION = """
    SELECT f.rule, f.division, f.household_id, f.version, f.person_id, f.subject_id, f.evidence
    FROM data_check_finding f
    WHERE f.check_id = :check_id AND f.division >= :low AND f.division < :high
      AND (f.division, f.household_id, f.rule, f.subject_id)
        > (:division, CAST(:household_id AS uuid), :rule_after, CAST(:subject_id AS uuid)) {further}
    ORDER BY f.division, f.household_id, f.rule, f.subject_id LIMIT :limit
"""
_IN_OTHER = """EXISTS (SELECT FROM data_check_finding o WHERE o.check_id = :other
    AND o.household_id = f.household_id AND o.rule = f.rule AND o.subject_id = f.subject_id)"""
_FINDINGS = text(_OF_DIVISION.format(further=""))
_OF_RULE = text(_OF_DIVISION.format(further="AND f.rule = :rule"))
_ALONE = text(_OF_DIVISION.format(further=f"AND NOT {_IN_OTHER}"))
_BOTH = text(_OF_DIVISION.format(further=f"AND {_IN_OTHER}"))
_COUNTS = text("""
    SELECT division, rule, findings, households FROM (
        SELECT left(division, :width) AS division, rule, CAST(sum(findings) AS integer) AS findings,
            CAST(sum(households) AS integer) AS households
        FROM data_check_count WHERE check_id = :check_id AND division >= :low AND division < :high
        GROUP BY 1, 2) AS counted
    WHERE (division, rule) > (:division, :rule) ORDER BY division, rule LIMIT :limit
""")
_COMPARED = text("""
    SELECT rule, CAST(count(*) FILTER (WHERE later AND NOT earlier) AS integer) AS new,
        CAST(count(*) FILTER (WHERE earlier AND NOT later) AS integer) AS gone,
        CAST(count(*) FILTER (WHERE earlier AND later) AS integer) AS still
    FROM (
        SELECT household_id, rule, subject_id, bool_or(check_id = :check_id) AS later,
            bool_or(check_id = :other) AS earlier
        FROM data_check_finding WHERE check_id IN (:check_id, :other) GROUP BY household_id, rule, subject_id) AS paired
    GROUP BY rule HAVING rule > :after ORDER BY rule LIMIT :limit
""")


async def start(session: AsyncSession, run: Run) -> bool:
    """Note a run; False where its id is taken."""
    row = {"id": run.id, "division": run.division, "data_year": run.data_year, "as_of": run.as_of}
    row |= {"rule_set": run.rule_set, "rules": run.rules, "actor": caller_of(session).subject}
    return (await session.execute(_START, row)).scalar() is not None


async def get(session: AsyncSession, id: UUID) -> Run | None:
    """A run as it was asked for, and how many households it has looked at."""
    row = (await session.execute(_GET, {"id": id})).one_or_none()
    return Run(*row) if row else None


async def households_in(session: AsyncSession, division: str) -> int:
    """How many households a run over a division looks at."""
    count: int = (await session.execute(_TOTAL, within(division))).scalar_one()
    return count


async def division_of(session: AsyncSession, household_id: UUID) -> str | None:
    """Where a household is registered."""
    division: str | None = (await session.execute(_DIVISION, {"id": household_id})).scalar()
    return division


async def stretch(session: AsyncSession, division: str, after: str, households: int) -> tuple[str, str] | None:
    """The next villages of one county, as long as they are few households; None after the last."""
    whole = within(division)
    first: str | None = (await session.execute(_NEXT_VILLAGE, {**whole, "after": after})).scalar()
    if first is None:
        return None
    end = min(within(first[:6])["high"], whole["high"])
    bound = {"low": first, "high": end, "households": households}
    last: str | None = (await session.execute(_LAST_VILLAGE, bound)).scalar()
    return first, within(last)["high"] if last else end


async def note_stretch(session: AsyncSession, check_id: UUID, task: Task, using: Thresholds) -> None:
    """Count what was found in a stretch, and note its size and policies with the run."""
    policies = json.dumps([one.policy.reference() for one in using.values()])
    villages = {"check_id": check_id, "low": task.low, "high": task.high}
    await session.execute(_COUNT, villages)
    await session.execute(_SIZE, {**villages, "policies": policies})


async def findings(
    session: AsyncSession,
    check_id: UUID,
    division: str,
    after: list[str] | None,
    limit: int,
    *,
    rule: str | None = None,
) -> list[Found]:
    """Findings of a run within a division, of one rule where one is named."""
    bound = _position(check_id, division, after, limit)
    rows = await session.execute(*((_FINDINGS, bound) if rule is None else (_OF_RULE, bound | {"rule": rule})))
    return [Found(*row) for row in rows]


async def difference(
    session: AsyncSession,
    check_id: UUID,
    other: UUID,
    division: str,
    after: list[str] | None,
    limit: int,
    *,
    both: bool,
) -> list[Found]:
    """Findings of a run that another has too, or has not."""
    bound = _position(check_id, division, after, limit) | {"other": other}
    return [Found(*row) for row in await session.execute(_BOTH if both else _ALONE, bound)]


async def counts(
    session: AsyncSession, check_id: UUID, division: str, width: int, after: list[str] | None, limit: int
) -> list[Count]:
    """How often each rule is broken in the divisions of some width within a division."""
    place, rule = after or ("", "")
    bound = {
        **within(division),
        "check_id": check_id,
        "width": width,
        "division": place,
        "rule": rule,
        "limit": limit,
    }
    return [Count(*row) for row in await session.execute(_COUNTS, bound)]


async def compared(
    session: AsyncSession, check_id: UUID, other: UUID, after: list[str] | None, limit: int
) -> list[Difference]:
    """Two runs, rule by rule."""
    bound = {"check_id": check_id, "other": other, "after": after[0] if after else "", "limit": limit}
    return [Difference(*row) for row in await session.execute(_COMPARED, bound)]


def _position(check_id: UUID, within_division: str, after: list[str] | None, limit: int) -> dict[str, object]:
    division, household_id, rule, subject_id = after or ("", _NIL, "", _NIL)
    place = {"division": division, "household_id": household_id, "rule_after": rule, "subject_id": subject_id}
    return {**within(within_division), **place, "check_id": check_id, "limit": limit}

"""SQL of plans: one plan as a whole, what is overdue, who has none."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.plans.records import Causes, Milestone, Plan, Shift, Standards
from services.registry.assistance.plans.rules import IdTaken
from services.registry.assistance.plans.schemas import (
    CompletionIn,
    MeasureRow,
    MilestoneRow,
    PlanIn,
    PlanRow,
)
from shared.database.session import caller_of, raw
from shared.http.paging import NIL, Order

OVERDUE_BY: Order = {"division": "", "due_on": "0001-01-01", "id": NIL}
OVERDUE = text("""
    SELECT m.id, m.household_id, m.division, h.number, m.title, e.batch, m.due_on,
        business_today() - m.due_on AS days_late, m.owner, m.staff_id
    FROM milestone m JOIN measure e ON e.id = m.measure_id JOIN plan_now p ON p.id = m.plan_id
    JOIN household h ON h.id = m.household_id AND h.status <> 'removed'
    WHERE m.done_on IS NULL AND m.due_on < business_today() AND m.division >= :low AND m.division < :high
      AND (m.division, m.due_on, m.id) > (:division, CAST(CAST(:due_on AS text) AS date), CAST(:id AS uuid))
      AND (CAST(:staff_id AS uuid) IS NULL OR m.staff_id = :staff_id)
    ORDER BY m.division, m.due_on, m.id LIMIT :limit
""")
UNPLANNED = text("""
    SELECT h.id, h.division, h.number, h.identified_on, h.identified_on + CAST(:days AS integer) AS due_on,
        EXISTS (SELECT FROM plan p WHERE p.household_id = h.id AND p.status = 'proposed') AS proposed
    FROM household h
    WHERE h.division >= :low AND h.division < :high AND (h.division, h.id) > (:division, CAST(:id AS uuid))
      AND h.status = 'registered'
      AND NOT EXISTS (SELECT FROM plan_now p WHERE p.household_id = h.id)
    ORDER BY h.division, h.id LIMIT :limit
""")
_OF_HOUSEHOLD = text("""
    SELECT p.id, p.household_id, p.division, p.exit_year, p.status, p.proposed_on, p.proposed_by, p.approved_on,
        p.approved_by, p.policies
    FROM plan p WHERE p.household_id = :household_id AND p.status <> 'superseded' ORDER BY p.status, p.proposed_on
""")
_MEASURES = text("""
    SELECT id, plan_id, batch, cause, what, owner, staff_id, amount, project_id FROM measure
    WHERE plan_id = ANY(:ids) ORDER BY plan_id, id
""")
_MILESTONES = text("""
    SELECT m.id, m.measure_id, m.title, m.due_on, m.owner, m.done_on, m.note, m.evidence,
        CASE WHEN m.done_on IS NULL THEN m.due_on - business_today() END AS days_left,
        coalesce((SELECT jsonb_agg(jsonb_build_object('from', s.due_before, 'to', s.due_after, 'ground', s.ground,
            'by', s.recorded_by) ORDER BY s.recorded_at) FROM milestone_shift s WHERE s.milestone_id = m.id), '[]')
            AS shifts
    FROM milestone m WHERE m.plan_id = ANY(:ids) ORDER BY m.due_on, m.id
""")
_CAUSES = text("SELECT division, main_cause, other_causes FROM household WHERE id = :id")
_PLAN = "id, household_id, division, exit_year, status, digest, proposed_by, version"
_KNOWN = text(f"SELECT {_PLAN} FROM plan WHERE id = ANY(:ids)")
_LOCK = text(f"SELECT {_PLAN} FROM plan WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_PROPOSED = text("SELECT household_id FROM plan WHERE household_id = ANY(:households) AND status = 'proposed'")
_SUPERSEDE = text("""
    UPDATE plan SET status = 'superseded', version = version + 1
    WHERE household_id = ANY(:households) AND status = 'approved'
""")
_APPROVE = text("""
    UPDATE plan SET status = 'approved', approved_on = business_today(), approved_by = :actor, version = version + 1
    WHERE id = ANY(:ids)
""")
_LOCK_MILESTONES = text("""
    SELECT m.id, m.household_id, m.division, m.due_on, m.done_on, p.status, p.exit_year
    FROM milestone m JOIN plan p ON p.id = m.plan_id
    WHERE m.id = ANY(:ids) ORDER BY m.id FOR UPDATE OF m
""")
_DONE = text("""
    UPDATE milestone SET done_on = :done_on, note = :note, evidence = :evidence, done_by = :actor WHERE id = :id
""")
_SHIFTS = text("""
    SELECT id, milestone_id, division, due_before, due_after, ground FROM milestone_shift WHERE id = ANY(:ids)
""")
_SHIFT = text("""
    INSERT INTO milestone_shift (id, milestone_id, division, due_before, due_after, ground, recorded_by)
    VALUES (:id, :milestone_id, :division, :due_before, :due_after, :ground, :actor)
""")
_MOVE = text("UPDATE milestone SET due_on = :due_after WHERE id = :milestone_id")
# Whole plans from one JSON list: plans, their measures, their milestones.
_WRITE = """
    WITH given AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS p(id uuid, household_id uuid, division text,
            exit_year integer, policies jsonb, digest text, measures jsonb)),
    plans AS (
        INSERT INTO plan (id, household_id, division, exit_year, status, policies, digest, proposed_by)
        SELECT id, household_id, division, exit_year, 'proposed', policies, decode(digest, 'hex'), $2 FROM given
    ),
    listed AS (
        SELECT g.id AS plan_id, g.household_id, g.division, m.* FROM given g, jsonb_to_recordset(g.measures) AS m(
            id uuid, batch text, cause text, what text, owner text, staff_id uuid, amount bigint, project_id uuid,
            milestones jsonb)
    ),
    measures AS (
        INSERT INTO measure (id, plan_id, household_id, division, batch, cause, what, owner, staff_id, amount,
            project_id)
        SELECT id, plan_id, household_id, division, batch, cause, what, owner, staff_id, amount, project_id
        FROM listed
    )
    INSERT INTO milestone (id, measure_id, plan_id, household_id, division, title, due_on, owner, staff_id)
    SELECT s.id, l.id, l.plan_id, l.household_id, l.division, s.title, s.due_on, l.owner, l.staff_id
    FROM listed l, jsonb_to_recordset(l.milestones) AS s(id uuid, title text, due_on date)
"""


async def known(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Plan]:
    return {row.id: Plan(*row) for row in await session.execute(_KNOWN, {"ids": list(ids)})}


async def lock(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Plan]:
    return {row.id: Plan(*row) for row in await session.execute(_LOCK, {"ids": list(ids)})}


async def waiting(session: AsyncSession, households: Collection[UUID]) -> set[UUID]:
    """Which households have a plan that waits for approval."""
    return set((await session.execute(_PROPOSED, {"households": list(households)})).scalars())


async def write(session: AsyncSession, proposed: Sequence[tuple[Plan, PlanIn]], standards: Standards) -> None:
    """Write proposed plans with their measures and milestones. Raises IdTaken where an id inside is used elsewhere."""
    if not proposed:
        return
    policies = list(standards.policies)
    rows = [
        item.model_dump() | {"division": plan.division, "digest": plan.digest.hex(), "policies": policies}
        for plan, item in proposed
    ]
    try:
        await (await raw(session)).execute(_WRITE, json.dumps(rows, default=str), caller_of(session).subject)
    except asyncpg.UniqueViolationError as error:
        raise IdTaken(field="items", rule="new ids") from error


async def approve(session: AsyncSession, approved: Sequence[Plan]) -> None:
    """Put proposed plans in force, in the place of those that were."""
    await session.execute(_SUPERSEDE, {"households": [one.household_id for one in approved]})
    await session.execute(_APPROVE, {"ids": [one.id for one in approved], "actor": caller_of(session).subject})


async def batches(session: AsyncSession, plans: Collection[UUID]) -> dict[UUID, list[str]]:
    """The batches of the measures of plans."""
    found: dict[UUID, set[str]] = defaultdict(set)
    for row in await session.execute(_MEASURES, {"ids": list(plans)}):
        found[row.plan_id].add(row.batch)
    return {id: sorted(found[id]) for id in plans}


async def of_household(session: AsyncSession, household_id: UUID, standards: Standards) -> list[PlanRow]:
    """The plan in force and the one that waits for approval, where there are such, as a whole."""
    plans = (await session.execute(_OF_HOUSEHOLD, {"household_id": household_id})).all()
    ids = [row.id for row in plans]
    points: dict[UUID, list[MilestoneRow]] = defaultdict(list)
    for row in await session.execute(_MILESTONES, {"ids": ids}):
        points[row.measure_id].append(MilestoneRow.model_validate(row))
    measures: dict[UUID, list[MeasureRow]] = defaultdict(list)
    for row in await session.execute(_MEASURES, {"ids": ids}):
        measure = MeasureRow.model_validate(row)
        measure.batch_zh, measure.milestones = standards.called(row.batch).zh, points[row.id]
        measures[row.plan_id].append(measure)
    found = [PlanRow.model_validate(row) for row in plans]
    for plan in found:
        plan.measures = measures[plan.id]
    return found


async def causes(session: AsyncSession, household_id: UUID) -> Causes | None:
    """Why a household is poor; None where there is no such household in sight."""
    row = (await session.execute(_CAUSES, {"id": household_id})).one_or_none()
    return Causes(row.division, [row.main_cause, *row.other_causes]) if row else None


async def lock_milestones(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Milestone]:
    found = await session.execute(_LOCK_MILESTONES, {"ids": sorted(set(ids))})
    return {row.id: Milestone(*row) for row in found}


async def complete(session: AsyncSession, done: Sequence[CompletionIn]) -> None:
    if done:
        actor = {"actor": caller_of(session).subject}
        await session.execute(_DONE, [one.model_dump() | actor for one in done])


async def shifts(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Shift]:
    return {row.id: Shift(*row) for row in await session.execute(_SHIFTS, {"ids": list(ids)})}


async def shift(session: AsyncSession, moved: Sequence[Shift]) -> None:
    if moved:
        rows = [asdict(one) | {"actor": caller_of(session).subject} for one in moved]
        await session.execute(_SHIFT, rows)
        await session.execute(_MOVE, rows)

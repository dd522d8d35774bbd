"""SQL of plans: one plan as a whole, what is overdue, who has none."""

from sqlalchemy import text

PLAN = text("""
    SELECT p.id, p.household_id, p.division, p.exit_year, p.status, p.proposed_on, p.proposed_by, p.approved_on,
        p.approved_by, p.policies
    FROM plan p WHERE p.household_id = :household_id AND p.status <> 'superseded' ORDER BY p.status, p.proposed_on
""")
MEASURES = text("""
    SELECT id, plan_id, batch, cause, what, owner, staff_id, amount, project_id FROM measure
    WHERE plan_id = ANY(:ids) ORDER BY plan_id, id
""")
MILESTONES = text("""
    SELECT m.id, m.measure_id, m.title, m.due_on, m.owner, m.done_on, m.note, m.evidence,
        CASE WHEN m.done_on IS NULL THEN m.due_on - business_today() END AS days_left,
        coalesce((SELECT jsonb_agg(jsonb_build_object('from', s.due_before, 'to', s.due_after, 'ground', s.ground,
            'by', s.recorded_by) ORDER BY s.recorded_at) FROM milestone_shift s WHERE s.milestone_id = m.id), '[]')
            AS shifts
    FROM milestone m WHERE m.plan_id = ANY(:ids) ORDER BY m.due_on, m.id
""")
OVERDUE = text("""
    SELECT m.id, m.household_id, m.division, h.number, m.title, e.batch, m.due_on,
        business_today() - m.due_on AS days_late, m.owner, m.staff_id
    FROM milestone m JOIN measure e ON e.id = m.measure_id JOIN plan_now p ON p.id = m.plan_id
    JOIN household h ON h.id = m.household_id AND h.status = 'registered'
    WHERE m.done_on IS NULL AND m.due_on < business_today() AND m.division >= :low AND m.division < :high
      AND (m.division, m.due_on, m.id) > (:division, CAST(CAST(:day AS text) AS date), CAST(:id AS uuid))
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
CAUSES = text("SELECT division, main_cause, other_causes FROM household WHERE id = :id")
KNOWN = text("SELECT id, household_id, digest FROM plan WHERE id = ANY(:ids)")
PROPOSED = text("SELECT household_id FROM plan WHERE household_id = ANY(:households) AND status = 'proposed'")
STAFF = text("SELECT id FROM staff WHERE id = ANY(:ids)")
LOCK = text("SELECT * FROM plan WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
APPROVE = text("""
    WITH before AS (
        UPDATE plan SET status = 'superseded', version = version + 1
        WHERE household_id = ANY(:households) AND status = 'approved' RETURNING id
    )
    SELECT count(*) FROM before
""")
IN_FORCE = text("""
    UPDATE plan SET status = 'approved', approved_on = business_today(), approved_by = :actor, version = version + 1
    WHERE id = ANY(:ids)
""")
MILESTONE_LOCK = text("""
    SELECT m.*, p.status, p.exit_year FROM milestone m JOIN plan p ON p.id = m.plan_id
    WHERE m.id = ANY(:ids) ORDER BY m.id FOR UPDATE OF m
""")
DONE = text("""
    UPDATE milestone SET done_on = :done_on, note = :note, evidence = :evidence, done_by = :actor WHERE id = :id
""")
SHIFTED = text("SELECT id, milestone_id, due_after FROM milestone_shift WHERE id = ANY(:ids)")
SHIFT = text("""
    INSERT INTO milestone_shift (id, milestone_id, division, due_before, due_after, ground, recorded_by)
    VALUES (:id, :milestone_id, :division, :due_before, :due_after, :ground, :actor)
""")
MOVE = text("UPDATE milestone SET due_on = :due_after WHERE id = :milestone_id")
# Whole plans from one JSON list: plans, their measures, their milestones.
WRITE = """
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

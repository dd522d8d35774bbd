"""SQL of projects."""

from sqlalchemy import text

KNOWN = text("""
    SELECT id, division, name, kind, budget, starts_on, ends_on,
        array(SELECT o.kind FROM output o WHERE o.project_id = p.id ORDER BY o.kind) AS outputs,
        array(SELECT o.planned FROM output o WHERE o.project_id = p.id ORDER BY o.kind) AS planned
    FROM project p WHERE id = ANY(:ids)
""")
LOCK = text("""
    SELECT id, division, name, kind, budget, funded, status, version, proposed_by, approved_by, approved_on
    FROM project WHERE id = ANY(:ids) ORDER BY id FOR UPDATE
""")
PROPOSE = text("""
    INSERT INTO project (id, division, name, kind, budget, starts_on, ends_on, status, captured_at, proposed_by)
    VALUES (:id, :division, :name, :kind, :budget, :starts_on, :ends_on, 'proposed', :captured_at, :actor)
""")
PLAN = text("""
    INSERT INTO output (project_id, division, kind, unit, planned)
    VALUES (:project_id, :division, :kind, :unit, :quantity)
""")
APPROVE = text("""
    UPDATE project SET status = 'approved', approved_by = :actor, approved_on = :day, version = version + 1
    WHERE id = ANY(:ids)
""")
LIST = text("""
    SELECT * FROM project
    WHERE division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))
    ORDER BY division, id LIMIT :limit
""")
ONE = text("SELECT * FROM project WHERE id = :id")
OUTPUTS = text("""
    SELECT o.kind, o.unit, o.planned,
        coalesce((SELECT sum(d.quantity) FROM delivery d WHERE d.project_id = o.project_id AND d.kind = o.kind), 0)
            AS delivered
    FROM output o WHERE o.project_id = :id ORDER BY o.kind
""")
HOUSEHOLDS = text("SELECT household_id FROM participation WHERE project_id = :id ORDER BY household_id")
NEXT = text("SELECT id FROM project WHERE CAST(:after AS uuid) IS NULL OR id > :after ORDER BY id LIMIT :limit")

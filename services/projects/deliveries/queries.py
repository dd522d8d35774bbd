"""SQL of deliveries."""

from sqlalchemy import text

KNOWN = text("SELECT id, project_id, kind, quantity, delivered_on FROM delivery WHERE id = ANY(:ids)")
PLANNED = text("""
    SELECT o.project_id, o.kind, o.unit,
        o.planned - coalesce((SELECT sum(d.quantity) FROM delivery d
                              WHERE d.project_id = o.project_id AND d.kind = o.kind), 0) AS left
    FROM output o WHERE o.project_id = ANY(:ids)
""")
KEEP = text("""
    INSERT INTO delivery (id, project_id, division, kind, unit, quantity, delivered_on, captured_at, accepted_by)
    VALUES (:id, :project_id, :division, :kind, :unit, :quantity, :delivered_on, :captured_at, :actor)
""")
# Of these projects, those of which everything that was planned has been delivered.
DELIVERED = text("""
    UPDATE project p SET status = 'delivered', version = version + 1
    WHERE id = ANY(:ids) AND status = 'funded' AND NOT EXISTS (
        SELECT FROM output o WHERE o.project_id = p.id AND o.planned > coalesce(
            (SELECT sum(d.quantity) FROM delivery d WHERE d.project_id = o.project_id AND d.kind = o.kind), 0))
    RETURNING id
""")

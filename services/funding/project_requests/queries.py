"""SQL of project requests."""

from sqlalchemy import text

OPEN = text("""
    INSERT INTO project_request (id, division, name, amount, approved_by, approved_on)
    VALUES (:id, :division, :name, :amount, :approved_by, :approved_on) ON CONFLICT (id) DO NOTHING
""")
LIST = text("""
    SELECT id, division, name, amount, approved_by, approved_on, paid_by, paid_on FROM project_request
    WHERE division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))
    ORDER BY division, id LIMIT :limit
""")
LOCK = text("""
    SELECT id, division, amount, approved_by, paid_on FROM project_request WHERE id = ANY(:ids) ORDER BY id FOR UPDATE
""")
PAID = text("UPDATE project_request SET paid_by = :actor, paid_on = :day WHERE id = ANY(:ids)")

"""SQL of participations."""

from sqlalchemy import text

KNOWN = text("""
    SELECT id, project_id, household_id FROM participation
    WHERE id = ANY(:ids) OR (project_id = ANY(:projects) AND household_id = ANY(:households))
""")
KEEP = text("""
    INSERT INTO participation (id, project_id, household_id, division, recorded_by)
    VALUES (:id, :project_id, :household_id, :division, :actor)
""")

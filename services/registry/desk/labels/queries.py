"""SQL of labels: a list of them in one statement each."""

from sqlalchemy import text

HOUSEHOLDS = text("SELECT id, division FROM household WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR UPDATE")
DONE = text("""
    SELECT id, household_id, label, begins_on AS day, 'set' AS action FROM household_label
        WHERE id = ANY(CAST(:ids AS uuid[]))
    UNION ALL SELECT end_id, household_id, label, ends_on, 'end' FROM household_label
        WHERE end_id = ANY(CAST(:ids AS uuid[]))
""")
OPEN = text("""
    SELECT id, household_id, label, begins_on FROM household_label
    WHERE household_id = ANY(CAST(:ids AS uuid[])) AND ends_on IS NULL
""")
SET = text("""
    INSERT INTO household_label (id, household_id, division, label, begins_on, ground, recorded_by)
    SELECT id, household_id, division, label, begins_on, ground, :actor
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(id uuid, household_id uuid, division text, label text,
        begins_on date, ground text)
""")
END = text("""
    UPDATE household_label l SET ends_on = row.ends_on, end_id = row.end_id, end_ground = row.ground,
        ended_at = business_now(), ended_by = :actor
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(id uuid, end_id uuid, ends_on date, ground text)
    WHERE l.id = row.id
""")
OF_HOUSEHOLD = text("""
    SELECT l.*, h.number FROM household_label l JOIN household h ON h.id = l.household_id
    WHERE l.household_id = :household_id AND (CAST(:label AS text) IS NULL OR l.label = :label)
      AND l.division >= :low AND l.division < :high
      AND (l.division, l.household_id, l.id) > (:division, CAST(:household AS uuid), CAST(:id AS uuid))
    ORDER BY l.division, l.household_id, l.id LIMIT :limit
""")
LIST = text("""
    SELECT l.*, h.number FROM household_label l JOIN household h ON h.id = l.household_id
    WHERE l.division >= :low AND l.division < :high
      AND (l.division, l.household_id, l.id) > (:division, CAST(:household AS uuid), CAST(:id AS uuid))
    ORDER BY l.division, l.household_id, l.id LIMIT :limit
""")
LIST_OF = text("""
    SELECT l.*, h.number FROM household_label l JOIN household h ON h.id = l.household_id
    WHERE l.label = :label AND l.ends_on IS NULL AND l.division >= :low AND l.division < :high
      AND (l.division, l.household_id) > (:division, CAST(:household AS uuid))
    ORDER BY l.division, l.household_id LIMIT :limit
""")

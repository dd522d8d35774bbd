"""Statements of the responsibility list."""

from sqlalchemy import text

KNOWN = text("SELECT id, kind, organisation_id, due_on FROM duty WHERE id = ANY(:ids)")
ORGANISATIONS = text("SELECT id, name FROM organisation WHERE id = ANY(:ids)")
STAFF = text("SELECT id, name, organisation_id FROM staff WHERE id = ANY(:ids)")
RECORD = text("""
    INSERT INTO duty (id, division, class, kind, list_version, content, organisation_id, organisation, staff_id, name,
        due_on, recorded_by)
    VALUES (:id, :division, :class, :kind, :list_version, :content, :organisation_id, :organisation, :staff_id, :name,
        :due_on, :actor)
""")
LOCK = text("SELECT * FROM duty WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
COMPLETE = text("""
    UPDATE duty SET done_on = :done_on, outcome = :outcome, evidence = :evidence, version = version + 1 WHERE id = :id
""")
CHANGE = text("""
    UPDATE duty SET due_on = :due_on, staff_id = :staff_id, name = :name, version = version + 1 WHERE id = :id
""")
_STATE = """CASE WHEN done_on > due_on THEN 'done_late' WHEN done_on IS NOT NULL THEN 'done'
    WHEN due_on < business_today() THEN 'overdue' ELSE 'open' END"""
ONE = text(f"SELECT *, {_STATE} AS state FROM duty WHERE id = :id")
LIST = text(f"""
    SELECT * FROM (SELECT *, {_STATE} AS state FROM duty
        WHERE division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))) AS item
    WHERE (CAST(:state AS text) IS NULL OR state = :state)
      AND (CAST(:organisation_id AS uuid) IS NULL OR organisation_id = :organisation_id)
    ORDER BY division, id LIMIT :limit
""")
OFFICES = text("""
    SELECT organisation_id, min(organisation) AS organisation, count(*)::integer AS overdue, min(due_on) AS oldest
    FROM duty
    WHERE division >= :low AND division < :high AND done_on IS NULL AND due_on < business_today()
      AND organisation_id > CAST(:after AS uuid)
    GROUP BY organisation_id ORDER BY organisation_id LIMIT :limit
""")

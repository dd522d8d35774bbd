"""SQL of archives and their index."""

from sqlalchemy import text

BEGIN = text("""
    INSERT INTO archive (id, division, as_of, known_at, certificates_of, recorded_by)
    VALUES (:id, :division, :as_of, business_now(), :certificates_of, :actor)
""")
_COLUMNS = """
    a.id, a.division, a.as_of, a.known_at, a.certificates_of, j.status, j.done, j.total, a.entries, a.bytes, a.root,
    a.completed_at, a.recorded_at, a.recorded_by
"""
ONE = text(f"SELECT {_COLUMNS} FROM archive a JOIN job j ON j.id = a.id WHERE a.id = :id")
LIST = text(f"""
    SELECT {_COLUMNS} FROM archive a CROSS JOIN LATERAL (SELECT * FROM job WHERE job.id = a.id LIMIT 1) AS j
    WHERE a.division >= :low AND a.division < :high AND (a.division, a.id) > (:after_division, CAST(:after_id AS uuid))
    ORDER BY a.division, a.id LIMIT :limit
""")
# Towns and villages of a division by code, a town before its villages.
NEXT = text("""
    SELECT code, name FROM division
    WHERE code >= :low AND code < :high AND code > :after AND length(code) IN (9, 12)
      AND held_on(valid_from, valid_to, :as_of)
    ORDER BY code LIMIT 1
""")
COUNT = text("""
    SELECT count(*) FROM division
    WHERE code >= :low AND code < :high AND length(code) IN (9, 12)
      AND held_on(valid_from, valid_to, :as_of)
""")
ADD = text("""
    INSERT INTO archive_entry (archive_id, division, path, kind, subject, sha256, size, pages, rows)
    VALUES (:archive_id, :division, :path, :kind, :subject, :sha256, :size, :pages, :rows)
""")
ENTRIES = text("""
    SELECT path, kind, subject, sha256, size, pages, rows, recorded_at FROM archive_entry
    WHERE archive_id = :id AND path > :after ORDER BY path LIMIT :limit
""")
COMPLETE = text("""
    UPDATE archive SET root = :root, entries = :entries, bytes = :bytes, completed_at = business_now() WHERE id = :id
""")

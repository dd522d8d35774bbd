"""SQL of attachments."""

from sqlalchemy import text

DIVISION = text("SELECT division FROM household WHERE id = :id")
ADD = text("""
    INSERT INTO attachment (id, division, sha256, size, media_type, household_id, policies, recorded_by)
    VALUES (:id, :division, :sha256, :size, :media_type, :household_id, CAST(:policies AS jsonb), :actor)
    ON CONFLICT (division, sha256, household_id) DO NOTHING
    RETURNING id, sha256, size, media_type, division, household_id, recorded_at, recorded_by
""")
THERE = text("""
    SELECT id, sha256, size, media_type, division, household_id, recorded_at, recorded_by FROM attachment
    WHERE division = :division AND sha256 = :sha256 AND household_id IS NOT DISTINCT FROM CAST(:household_id AS uuid)
""")
# The same content may be attached in many places; the caller sees those within reach.
FIND = text("""
    SELECT sha256, size, media_type, division, household_id FROM attachment
    WHERE sha256 = :sha256 ORDER BY household_id IS NULL, division LIMIT 1
""")
LIST = text("""
    SELECT id, sha256, size, media_type, division, household_id, recorded_at, recorded_by FROM attachment
    WHERE division >= :low AND division < :high AND (division, id) > (:after_division, CAST(:after_id AS uuid))
    ORDER BY division, id LIMIT :limit
""")
OF_HOUSEHOLD = text("""
    SELECT id, sha256, size, media_type, division, household_id, recorded_at, recorded_by FROM attachment
    WHERE household_id = :household_id AND (division, id) > (:after_division, CAST(:after_id AS uuid))
    ORDER BY division, id LIMIT :limit
""")
MISSING = text("""
    SELECT c.id, c.division, c.sha256, c.kind, c.cited_by, c.cited_at FROM citation c
    WHERE c.division >= :low AND c.division < :high AND (c.division, c.id) > (:after_division, CAST(:after_id AS uuid))
      AND NOT EXISTS (SELECT FROM attachment a WHERE a.sha256 = c.sha256)
    ORDER BY c.division, c.id LIMIT :limit
""")

"""What decisions about changes ask of the database, and the list of changes."""

from sqlalchemy import text

DONE = text("SELECT id, household_id, kind, reason, effective_on FROM change WHERE id = ANY(:ids)")
KNOWN = text("""
    SELECT p.id, p.born, p.sex, last.labour, coalesce(last.lives, false) AS lives
    FROM unnest(CAST(:ids AS uuid[])) AS asked(id) JOIN person p ON p.id = asked.id
    LEFT JOIN LATERAL (SELECT m.facts ->> 'labour' AS labour, m.left_on IS NULL AS lives FROM membership m
        WHERE m.person_id = p.id AND m.superseded_at IS NULL ORDER BY m.joined_on DESC, m.left_on DESC LIMIT 1
    ) AS last ON true
""")
VILLAGES = text("SELECT code FROM division WHERE code = ANY(:codes) AND valid_to IS NULL")
PAGE = text("""
    SELECT id, household_id, division, version, kind, reason, effective_on, households, persons, person_id, ground,
        source, evidence, lineage, recorded_at, recorded_by
    FROM change WHERE division >= :low AND division < :high
      AND (division, effective_on, id) > (:division, CAST(CAST(:day AS text) AS date), CAST(:id AS uuid))
    ORDER BY division, effective_on, id LIMIT :limit
""")

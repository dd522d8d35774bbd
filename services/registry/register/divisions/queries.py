"""SQL of divisions: recorded, listed, renamed, merged, split."""

from sqlalchemy import text

RECORD = text("""
    INSERT INTO division (code, name, valid_from, valid_to, invented, recorded_by)
    VALUES (:code, :name, :valid_from, :valid_to, :invented, :actor)
    ON CONFLICT DO NOTHING RETURNING code
""")
LIST = text("""
    SELECT code, name, valid_from, valid_to, invented FROM division
    WHERE code >= :low AND code < :high AND (code, valid_from) > (:code, CAST(CAST(:day AS text) AS date))
      AND (CAST(:on AS date) IS NULL OR held_on(valid_from, valid_to, :on))
    ORDER BY code, valid_from LIMIT :limit
""")
# What exists in a county right before a day and is not known to end before it.
BEFORE = text("""
    SELECT code, name FROM division
    WHERE code >= :low AND code < :high AND valid_from < :day AND (valid_to IS NULL OR valid_to >= :day)
""")
LATER = text("""
    SELECT min(code) FROM division WHERE code = ANY(:codes) AND (valid_from >= :day OR valid_to >= :day)
""")
END = text("""
    UPDATE division SET valid_to = :day
    WHERE code = ANY(:codes) AND valid_from < :day AND valid_to IS NULL
""")
BEGIN = text("""
    INSERT INTO division (code, name, valid_from, invented, recorded_by)
    SELECT code, name, :day, EXISTS (SELECT FROM division d WHERE d.code = ANY(:from) AND d.invented), :actor
    FROM unnest(CAST(:codes AS text[]), CAST(:names AS text[])) AS new(code, name)
""")
ROWS = text("""
    SELECT code, name, valid_from, valid_to, row_number() OVER (PARTITION BY code ORDER BY valid_from) AS number
    FROM division WHERE code = ANY(:codes) ORDER BY code, valid_from
""")
LINES = text("""
    INSERT INTO division_lineage (redivision_id, from_code, to_code, day, kind, whole, recorded_by)
    SELECT :id, from_code, to_code, :day, :kind, whole, :actor
    FROM unnest(CAST(:from AS text[]), CAST(:to AS text[]), CAST(:whole AS boolean[])) AS line(from_code, to_code, whole)
""")
LINEAGE = text("""
    SELECT redivision_id, from_code, to_code, day, kind FROM division_lineage
    WHERE from_code = :code OR to_code = :code ORDER BY day, from_code, to_code
""")
OPEN = text("""
    INSERT INTO redivision (id, division, kind, day, ground, said, recorded_by)
    VALUES (:id, :division, :kind, :day, :ground, CAST(:said AS jsonb), :actor)
""")
ONE = text("SELECT * FROM redivision WHERE id = :id")
HOUSEHOLDS = text("SELECT id FROM household WHERE division = :code")
NATURAL = text("SELECT id FROM natural_village WHERE division = :code")
LIVING = text("""
    SELECT household_id, natural_village_id FROM household_place_now WHERE division = :code
""")
ASSIGN = text("""
    INSERT INTO redivision_household (redivision_id, household_id, division, to_code)
    SELECT :id, household_id, :code, to_code
    FROM unnest(CAST(:households AS uuid[]), CAST(:to AS text[])) AS row(household_id, to_code)
""")
# Whole villages move (a household that was registered meanwhile goes along), or those that were assigned.
NEXT = text("""
    SELECT h.id, l.to_code, l.kind FROM division_lineage l JOIN household h ON h.division = l.from_code
    WHERE l.redivision_id = :id AND l.whole ORDER BY h.id LIMIT :limit
""")
NEXT_ASSIGNED = text("""
    SELECT household_id AS id, to_code, 'split' AS kind FROM redivision_household
    WHERE redivision_id = :id AND moved_at IS NULL ORDER BY household_id LIMIT :limit
""")
ASSIGNED_MOVED = text("""
    UPDATE redivision_household SET moved_at = business_now() WHERE redivision_id = :id AND household_id = ANY(:ids)
""")
NATURAL_MOVE = text("""
    UPDATE natural_village n SET division = row.to_code
    FROM unnest(CAST(:ids AS uuid[]), CAST(:to AS text[])) AS row(id, to_code) WHERE n.id = row.id
""")
NATURAL_TOTALS = text("""
    UPDATE natural_village_total t SET division = n.division FROM natural_village n
    WHERE n.id = t.natural_village_id AND n.id = ANY(:ids)
""")
COUNT = text("""
    UPDATE redivision SET moved = moved + :moved,
        finished_at = CASE WHEN :finished THEN business_now() END WHERE id = :id RETURNING *
""")

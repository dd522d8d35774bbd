"""Records beside persons, set-based: one statement a way of matching, whatever the number of either."""

from sqlalchemy import text

# The current records of a feed that say what a rule looks for. ``when`` is a JSON list of conditions.
_RECORDS = """
    r AS MATERIALIZED (
        SELECT * FROM feed_record f
        WHERE f.division >= :low AND f.division < :high AND f.feed = :feed AND f.superseded_at IS NULL
          AND (f.ended_on IS NULL OR f.ended_on > :today) AND (f.from_on IS NULL OR f.from_on <= :today)
          AND NOT EXISTS (
              SELECT FROM jsonb_to_recordset(CAST(:when AS jsonb)) AS c(field text, one_of jsonb, at_least numeric)
              WHERE NOT coalesce(CASE WHEN c.one_of IS NOT NULL THEN jsonb_exists(c.one_of, f.details ->> c.field)
                  ELSE CAST(f.details ->> c.field AS numeric) >= c.at_least END, false))
    )
"""
_PEOPLE = """
    people AS (
        SELECT p.id AS person_id, p.name, p.born, p.identity_index, p.identity_masked, m.household_id, h.division
        FROM household h
        JOIN membership m ON m.household_id = h.id AND m.superseded_at IS NULL AND m.left_on IS NULL
        JOIN person p ON p.id = m.person_id
        WHERE h.division >= :low AND h.division < :high AND h.status = 'registered'
    )
"""
_PAIRS = """
    SELECT r.record_id, r.record_no, r.version, r.name, r.born, r.village, r.identity_masked AS number,
        r.identity_index IS NOT NULL AS numbered, r.details, r.from_on, p.person_id, p.name AS person_name,
        p.born AS person_born, p.identity_masked AS person_number, p.household_id, p.division
    FROM r JOIN people p ON {on} ORDER BY r.record_id, p.person_id
"""
_ON = {
    "identity": "p.identity_index = r.identity_index",
    # Where the department has the number, the number decides; names are for records without one.
    "name_born": "r.identity_index IS NULL AND p.name = r.name AND p.born = r.born",
    "name_village": "r.identity_index IS NULL AND p.name = r.name AND p.division = r.village"
    " AND (r.born IS NULL OR r.born = p.born)",
    "pinyin_born": "r.identity_index IS NULL AND p.name <> r.name AND p.born = r.born AND EXISTS"
    " (SELECT FROM spoken s WHERE s.name = p.name AND s.pinyin = r.pinyin)",
    "pinyin_village": "r.identity_index IS NULL AND p.name <> r.name AND p.division = r.village"
    " AND (r.born IS NULL OR r.born = p.born) AND EXISTS"
    " (SELECT FROM spoken s WHERE s.name = p.name AND s.pinyin = r.pinyin)",
}
PAIRS = {way: text(f"WITH {_RECORDS}, {_PEOPLE} {_PAIRS.format(on=on)}") for way, on in _ON.items()}

# Records about people of whom no household on the register (or that has left poverty) knows.
STRANGERS = text(f"""
    WITH {_RECORDS}, known AS (
        SELECT p.identity_index, p.name, p.born FROM household h
        JOIN membership m ON m.household_id = h.id AND m.superseded_at IS NULL AND m.left_on IS NULL
        JOIN person p ON p.id = m.person_id
        WHERE h.division >= :low AND h.division < :high AND h.status <> 'removed'
    )
    SELECT r.record_id, r.record_no, r.version, r.name, r.born, r.village, r.identity_masked AS number, r.details,
        r.from_on, coalesce(r.village, r.division) AS division
    FROM r
    WHERE NOT EXISTS (SELECT FROM known k WHERE k.identity_index = r.identity_index)
      AND NOT EXISTS (SELECT FROM known k WHERE r.identity_index IS NULL AND k.name = r.name AND k.born = r.born)
      AND (r.identity_index IS NOT NULL OR r.born IS NOT NULL)
    ORDER BY r.record_id
""")

# Persons whose number is not a checked identity number.
DOCUMENTS = text("""
    SELECT p.id AS person_id, p.name, p.document_kind, p.identity_masked AS number, m.household_id, h.division
    FROM household h
    JOIN membership m ON m.household_id = h.id AND m.superseded_at IS NULL AND m.left_on IS NULL
    JOIN person p ON p.id = m.person_id
    WHERE h.division >= :low AND h.division < :high AND h.status = 'registered'
      AND p.document_kind = ANY(:kinds)
    ORDER BY p.id
""")

# How the names of registered people sound, for records without a number.
NAMES = text("""
    SELECT DISTINCT p.name FROM household h
    JOIN membership m ON m.household_id = h.id AND m.superseded_at IS NULL AND m.left_on IS NULL
    JOIN person p ON p.id = m.person_id
    WHERE h.division >= :low AND h.division < :high AND h.status = 'registered'
""")
UNNUMBERED = text("""
    SELECT EXISTS (SELECT FROM feed_record WHERE division >= :low AND division < :high AND feed = :feed
        AND superseded_at IS NULL AND identity_index IS NULL)
""")
SPOKEN = (
    text("CREATE TEMPORARY TABLE IF NOT EXISTS spoken (name text, pinyin text) ON COMMIT DROP"),
    text("""
        INSERT INTO spoken (name, pinyin)
        SELECT name, pinyin FROM unnest(CAST(:names AS text[]), CAST(:pinyin AS text[])) AS s(name, pinyin)
    """),
    text("ANALYZE spoken"),
)

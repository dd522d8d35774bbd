"""Candidates: who shares the village and birth date, a pair of syllables of the name, a phone, an old number.

Blocking keeps it to people worth comparing; each way is an index (ADR 8 for the LATERALs).
"""

from sqlalchemy import text

_SIDE = """
    SELECT p.id, p.division, p.name, p.sex, p.born, p.identity_number, p.identity_masked, p.phone_index,
        p.document_kind, p.grams, h.id AS household_id, h.number, h.phone_index AS home_index
    FROM {source}
    CROSS JOIN LATERAL (SELECT * FROM person WHERE id = wanted.id LIMIT 1) AS p
    CROSS JOIN LATERAL (SELECT household_id FROM membership
        WHERE person_id = wanted.id AND superseded_at IS NULL AND left_on IS NULL LIMIT 1) AS m
    CROSS JOIN LATERAL (SELECT id, number, phone_index, status FROM household WHERE id = m.household_id LIMIT 1) AS h
    WHERE h.status <> 'removed'
"""
# Persons of a division who live in a household that is not removed, in the order of lists.
PAGE = text("""
    SELECT p.id, p.division FROM person p
    WHERE p.division >= :low AND p.division < :high AND (p.division, p.id) > (:division, CAST(:id AS uuid))
    ORDER BY p.division, p.id LIMIT :limit
""")
SIDES = text(_SIDE.format(source="unnest(CAST(:ids AS uuid[])) AS wanted(id)"))
# Of each person those who are worth a comparison, within the county.
CANDIDATES = text("""
    SELECT DISTINCT asked.id AS person_id, other.id AS other_id
    FROM jsonb_to_recordset(CAST(:asked AS jsonb)) AS asked(id uuid, division text, born date, pairs text[],
        phone text, long text)
    CROSS JOIN LATERAL (
        (SELECT p.id FROM person p WHERE p.division = asked.division AND p.born = asked.born LIMIT 50)
        UNION ALL
        (SELECT g.person_id FROM unnest(asked.pairs) AS pair(gram)
            CROSS JOIN LATERAL (SELECT one.person_id, one.division FROM person_gram one
                WHERE one.gram = pair.gram AND one.division >= left(asked.division, 6)
                  AND one.division < left(asked.division, 6) || ':' LIMIT 500) AS g
            CROSS JOIN LATERAL (SELECT FROM person p WHERE p.id = g.person_id AND (p.born = asked.born
                OR p.division = asked.division) LIMIT 1) AS near)
        UNION ALL
        (SELECT p.id FROM person p WHERE p.identity_index = decode(asked.long, 'hex') LIMIT 1)
        UNION ALL
        (SELECT p.id FROM person p WHERE p.phone_index = decode(asked.phone, 'hex') LIMIT 20)
        UNION ALL
        (SELECT p.id FROM person p WHERE p.document_kind = 'old15' AND p.born = asked.born
            AND p.division >= left(asked.division, 6) AND p.division < left(asked.division, 6) || ':' LIMIT 50)
    ) AS other
    WHERE other.id <> asked.id
""")
DECIDED = text("""
    SELECT person_id, other_id FROM duplicate_decision
    WHERE person_id = ANY(CAST(:ids AS uuid[])) OR other_id = ANY(CAST(:ids AS uuid[]))
""")
DECISIONS_DONE = text("SELECT * FROM duplicate_decision WHERE id = ANY(CAST(:ids AS uuid[]))")
DECIDE = text("""
    INSERT INTO duplicate_decision (id, person_id, other_id, division, verdict, ground, recorded_by)
    SELECT id, person_id, other_id, division, verdict, ground, :actor
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(id uuid, person_id uuid, other_id uuid, division text,
        verdict text, ground text)
""")
DECISION_LIST = text("""
    SELECT * FROM duplicate_decision WHERE division >= :low AND division < :high
      AND (division, id) > (:division, CAST(:id AS uuid)) ORDER BY division, id LIMIT :limit
""")

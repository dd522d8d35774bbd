"""SQL of two times: the day on which something was true, the moment at which that was believed."""

from sqlalchemy import TextClause, text

STATE = text("""
    SELECT h.id, h.number, s.division, s.status, s.size, s.attribute, s.main_cause, s.other_causes,
        shown(s.facts) AS facts
    FROM household_state s JOIN household h ON h.id = s.household_id
    WHERE s.household_id = :id
      AND held_on(s.effective_from, s.effective_to, :as_of)
      AND believed_at(s.recorded_at, s.superseded_at, :known_at)
""")
MEMBERS = text("""
    SELECT p.id, coalesce(past.name, p.name) AS name, m.relation, coalesce(past.sex, p.sex) AS sex,
        coalesce(past.born, p.born) AS born, m.joined_on, shown(m.facts) AS facts
    FROM membership m JOIN person p ON p.id = m.person_id
    LEFT JOIN LATERAL (SELECT i.name, i.sex, i.born FROM identity_past i
        WHERE i.person_id = p.id AND i.superseded_at > :known_at ORDER BY i.superseded_at LIMIT 1) AS past ON true
    WHERE m.household_id = :id
      AND held_on(m.joined_on, m.left_on, :as_of)
      AND believed_at(m.recorded_at, m.superseded_at, :known_at)
    ORDER BY m.relation <> '户主', p.born, p.id
""")
REGISTER = text("""
    SELECT s.household_id, s.division, s.status, s.size, s.attribute, s.main_cause
    FROM household_state s
    WHERE s.division >= :low AND s.division < :high
      AND (s.division, s.household_id) > (:division, CAST(:household_id AS uuid))
      AND held_on(s.effective_from, s.effective_to, :as_of)
      AND believed_at(s.recorded_at, s.superseded_at, :known_at)
      AND (CAST(:status AS text) IS NULL OR s.status = :status)
    ORDER BY s.division, s.household_id LIMIT :limit
""")
# The same rows, counted: {by} is a column or a prefix of the division, never anything from outside.
COUNTS = """
    SELECT {by} AS value, count(*) AS households, coalesce(sum(s.size), 0) AS persons
    FROM household_state s
    WHERE s.division >= :low AND s.division < :high
      AND held_on(s.effective_from, s.effective_to, :as_of)
      AND believed_at(s.recorded_at, s.superseded_at, :known_at)
      AND (CAST(:status AS text) IS NULL OR s.status = :status)
    GROUP BY 1 ORDER BY 1
"""
COUNTED_BY = {
    "status": "s.status",
    "attribute": "s.attribute",
    "main_cause": "s.main_cause",
    "town": "left(s.division, 9)",
    "village": "s.division",
}
# What a registration said is the state that it began; later changes say themselves what was before and after.
STORY = text("""
    SELECT c.division, c.version, c.kind, c.reason, c.effective_on, c.recorded_at, c.recorded_by, c.ground, c.source, c.evidence,
        c.lineage, p.name AS person, c.before,
        coalesce(c.after, jsonb_build_object('status', s.status, 'size', s.size, 'attribute', s.attribute,
            'main_cause', s.main_cause, 'other_causes', s.other_causes) || shown(s.facts), '{}') AS after,
        c.id AS change_id, c.cancels, EXISTS (SELECT FROM change later
            WHERE later.household_id = c.household_id AND later.version < c.version
              AND later.effective_on > c.effective_on AND later.restates IS NULL) AS out_of_order,
        CASE WHEN over.because IS NOT NULL THEN jsonb_build_object('at', over.recorded_at, 'by', over.recorded_by,
            'because', over.because, 'ground', by.ground) END AS cancelled
    FROM change c
    LEFT JOIN LATERAL (SELECT * FROM household_state first WHERE first.household_id = c.household_id
        AND first.version = c.version AND c.version = 1 ORDER BY first.effective_from DESC LIMIT 1) AS s ON true
    LEFT JOIN person p ON p.id = c.person_id
    LEFT JOIN LATERAL (SELECT r.because, r.recorded_at, r.recorded_by FROM change r WHERE r.restates = c.id
        GROUP BY 1, 2, 3 HAVING sum(r.times) < 0 ORDER BY r.recorded_at DESC LIMIT 1) AS over
        ON (SELECT 1 + sum(r.times) FROM change r WHERE r.restates = c.id) <= 0
    LEFT JOIN change by ON by.id = over.because
    WHERE c.household_id = :id AND c.restates IS NULL ORDER BY c.version, c.households, c.id
""")
# Of each fact: which change set it.
SOURCES = text("""
    SELECT 'household' AS owner, NULL::uuid AS person_id, said.key, coalesce((h.origins ->> said.key)::integer, 1) AS version
    FROM household h, jsonb_object_keys(h.facts) AS said(key) WHERE h.id = :id
    UNION ALL
    SELECT 'member', m.person_id, said.key, coalesce((m.origins ->> said.key)::integer, begun.version)
    FROM membership_now m
    JOIN (SELECT person_id, min(version) AS version FROM membership WHERE household_id = :id GROUP BY person_id) AS begun
        ON begun.person_id = m.person_id
    CROSS JOIN LATERAL jsonb_object_keys(m.facts) AS said(key)
    WHERE m.household_id = :id
""")
CHANGES = text("""
    SELECT division, version, kind, effective_on, recorded_at, recorded_by, ground, source, evidence FROM change
    WHERE household_id = :id AND restates IS NULL
""")


def counts(by: str) -> TextClause:
    """Households and persons of a day, counted by one of ``COUNTED_BY``."""
    return text(COUNTS.format(by=COUNTED_BY[by]))

"""SQL of registers: a division's households and their members on a day, as known at a moment."""

from sqlalchemy import text

NAMES = text("""
    SELECT DISTINCT ON (code) code, name FROM division
    WHERE (code >= :low AND code < :high OR code = :county OR code = :town) AND valid_from <= :as_of
    ORDER BY code, valid_from DESC
""")
HOUSEHOLDS = text("""
    SELECT h.id, h.number, h.identified_on, s.division, s.status, s.size, s.attribute, s.main_cause, s.other_causes,
        shown(s.facts) ->> 'income' AS income
    FROM household_state s JOIN household h ON h.id = s.household_id
    WHERE s.division >= :low AND s.division < :high AND s.status <> 'removed'
      AND held_on(s.effective_from, s.effective_to, :as_of)
      AND believed_at(s.recorded_at, s.superseded_at, :known_at)
    ORDER BY s.division, h.number
""")
MEMBERS = text("""
    SELECT m.household_id, m.relation, m.facts ->> 'labour' AS labour, coalesce(past.name, p.name) AS name,
        coalesce(past.sex, p.sex) AS sex, coalesce(past.born, p.born) AS born,
        CASE WHEN past.name IS NULL THEN p.identity_masked ELSE past.identity_masked END AS identity_masked
    FROM membership m JOIN person p ON p.id = m.person_id
    LEFT JOIN LATERAL (SELECT i.name, i.sex, i.born, i.identity_masked FROM identity_past i
        WHERE i.person_id = p.id AND i.superseded_at > :known_at ORDER BY i.superseded_at LIMIT 1) AS past ON true
    WHERE m.division >= :low AND m.division < :high
      AND held_on(m.joined_on, m.left_on, :as_of)
      AND believed_at(m.recorded_at, m.superseded_at, :known_at)
    ORDER BY m.household_id, m.relation <> '户主', p.born, p.id
""")
HELPERS = text("""
    SELECT household_id, name, organisation FROM responsibility
    WHERE division >= :low AND division < :high AND household_id IS NOT NULL AND recorded_at <= :known_at
      AND held_on(started_on, ended_on, :as_of)
    ORDER BY household_id, started_on, id
""")

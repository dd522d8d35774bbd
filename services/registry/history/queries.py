"""SQL of two times: the day on which something was true, the moment at which that was believed."""

from sqlalchemy import text

STATE = text("""
    SELECT h.id, h.number, h.division, s.status, s.size, s.attribute, s.main_cause, s.income_fen, s.unsafe_house
    FROM household_state s JOIN household h ON h.id = s.household_id
    WHERE s.household_id = :id
      AND s.effective_from <= :as_of AND (s.effective_to IS NULL OR s.effective_to > :as_of)
      AND s.recorded_at <= :known_at AND (s.superseded_at IS NULL OR s.superseded_at > :known_at)
""")
MEMBERS = text("""
    SELECT p.id, p.name, m.relation, p.sex, p.born, m.joined_on
    FROM membership m JOIN person p ON p.id = m.person_id
    WHERE m.household_id = :id
      AND m.joined_on <= :as_of AND (m.left_on IS NULL OR m.left_on > :as_of)
      AND m.recorded_at <= :known_at AND (m.superseded_at IS NULL OR m.superseded_at > :known_at)
    ORDER BY m.relation <> '户主', p.born, p.id
""")
REGISTER = text("""
    SELECT s.household_id, s.division, s.status, s.size, s.attribute, s.main_cause
    FROM household_state s
    WHERE s.division >= :low AND s.division < :high
      AND (s.division, s.household_id) > (:division, CAST(:id AS uuid))
      AND s.effective_from <= :as_of AND (s.effective_to IS NULL OR s.effective_to > :as_of)
      AND s.recorded_at <= :known_at AND (s.superseded_at IS NULL OR s.superseded_at > :known_at)
      AND (CAST(:status AS text) IS NULL OR s.status = :status)
    ORDER BY s.division, s.household_id LIMIT :limit
""")
STORY = text("""
    SELECT c.version, c.kind, c.reason, c.effective_on, c.recorded_at, c.recorded_by, c.ground, p.name AS person,
        jsonb_build_object('status', s.status, 'size', s.size, 'attribute', s.attribute, 'main_cause', s.main_cause,
            'land_mu', s.land_mu, 'income', round(s.income_fen / 100.0, 2)::text, 'unsafe_house', s.unsafe_house)
            AS after
    FROM change c
    JOIN household_state s ON s.household_id = c.household_id AND s.version = c.version
        AND s.effective_from = c.effective_on AND s.effective_to IS NULL
    LEFT JOIN person p ON p.id = c.person_id
    WHERE c.household_id = :id ORDER BY c.version
""")

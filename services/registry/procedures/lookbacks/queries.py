"""SQL of look-back rounds: work lists, progress, effects."""

from sqlalchemy import text

ROUNDS = text("""
    SELECT * FROM lookback_round WHERE (division, id) > (:division, CAST(:id AS uuid))
      AND (CAST(:status AS text) IS NULL OR status = :status)
    ORDER BY division, id LIMIT :limit
""")
SCOPE = text("""
    SELECT h.household_id, h.division, h.status, h.size, r.result, r.status AS state
    FROM lookback_household h LEFT JOIN lookback_result r
        ON r.round_id = h.round_id AND r.household_id = h.household_id AND r.status <> 'sent_back'
    WHERE h.round_id = :round AND h.division >= :low AND h.division < :high
      AND (h.division, h.household_id) > (:division, CAST(:household_id AS uuid))
      AND (CAST(:state AS text) IS NULL OR coalesce(r.status, 'open') = :state)
    ORDER BY h.division, h.household_id LIMIT :limit
""")
RESULTS = text("""
    SELECT r.*, e.change_id, coalesce((SELECT jsonb_agg(jsonb_build_object('step', s.step, 'agreed', s.agreed,
        'remark', s.remark, 'signed_by', s.signed_by, 'signed_at', s.signed_at) ORDER BY s.position)
        FROM lookback_signature s WHERE s.result_id = r.id), '[]') AS signatures
    FROM lookback_result r LEFT JOIN lookback_effect e ON e.result_id = r.id
    WHERE r.round_id = :round AND r.division >= :low AND r.division < :high
      AND (r.division, r.id) > (:division, CAST(:id AS uuid)) AND (CAST(:result AS text) IS NULL OR r.result = :result)
      AND (CAST(:state AS text) IS NULL OR r.status = :state)
    ORDER BY r.division, r.id LIMIT :limit
""")
PROGRESS = text("""
    WITH scope AS (
        SELECT division, count(*) AS in_scope FROM lookback_household
        WHERE round_id = :round AND division >= :low AND division < :high GROUP BY division
    ), found AS (
        SELECT division, count(*) AS recorded, count(*) FILTER (WHERE status = 'confirmed') AS confirmed,
            count(*) FILTER (WHERE status = 'confirmed' AND result = 'kept') AS kept,
            count(*) FILTER (WHERE status = 'confirmed' AND result = 'cleared') AS cleared,
            count(*) FILTER (WHERE status = 'confirmed' AND result = 'included') AS included,
            count(*) FILTER (WHERE status = 'confirmed' AND result = 'returned') AS returned,
            count(*) FILTER (WHERE status = 'confirmed' AND result = 'corrected') AS corrected
        FROM lookback_result
        WHERE round_id = :round AND division >= :low AND division < :high AND status <> 'sent_back'
        GROUP BY division
    )
    SELECT division, coalesce(in_scope, 0) AS in_scope, coalesce(recorded, 0) AS recorded,
        coalesce(confirmed, 0) AS confirmed, coalesce(kept, 0) AS kept, coalesce(cleared, 0) AS cleared,
        coalesce(included, 0) AS included, coalesce(returned, 0) AS returned, coalesce(corrected, 0) AS corrected
    FROM scope FULL JOIN found USING (division) ORDER BY division
""")
EFFECTS = text("""
    SELECT r.result, count(*) AS results, c.kind, c.reason, count(c.id) AS changes,
        coalesce(sum(c.households), 0) AS households, coalesce(sum(c.persons), 0) AS persons
    FROM lookback_result r LEFT JOIN lookback_effect e ON e.result_id = r.id LEFT JOIN change c ON c.id = e.change_id
    WHERE r.round_id = :round AND r.division >= :low AND r.division < :high AND r.status = 'confirmed'
    GROUP BY r.result, c.kind, c.reason ORDER BY r.result, c.kind
""")
STRAY = text("""
    SELECT count(*) FROM lookback_household h WHERE h.round_id = :round AND h.division >= :low AND h.division < :high
      AND NOT EXISTS (SELECT FROM lookback_result r WHERE r.round_id = h.round_id
          AND r.household_id = h.household_id AND r.status = 'confirmed')
""")
# Of rounds that have begun; a household that is in two of them waits in each.
UNCHECKED = text("""
    SELECT h.household_id AS id, h.round_id, h.division, r.ends_on AS due_on
    FROM lookback_round r JOIN lookback_household h ON h.round_id = r.id
    WHERE r.status = 'open' AND r.starts_on <= business_today()
      AND h.division >= :low AND h.division < :high AND (r.ends_on, h.household_id) > (:due_on, :id)
      AND NOT EXISTS (SELECT FROM lookback_result f WHERE f.round_id = h.round_id
          AND f.household_id = h.household_id AND f.status <> 'sent_back')
    ORDER BY r.ends_on, h.household_id LIMIT :limit
""")
UNSIGNED = text("""
    SELECT f.id, f.round_id, f.household_id, f.division, f.signed, r.steps, r.ends_on AS due_on
    FROM lookback_round r JOIN lookback_result f ON f.round_id = r.id
    WHERE r.status = 'open' AND f.status = 'recorded' AND CASE WHEN r.steps -> f.signed ->> 'step' IN ('town', 'county') THEN r.steps -> f.signed ->> 'step'
            ELSE 'village' END = :level
      AND f.division >= :low AND f.division < :high AND (r.ends_on, f.id) > (:due_on, :id)
      AND (NOT :mine OR person_key(f.recorded_by) <> :me AND NOT EXISTS (SELECT FROM lookback_signature s
          WHERE s.result_id = f.id AND person_key(s.signed_by) = :me))
    ORDER BY r.ends_on, f.id LIMIT :limit
""")

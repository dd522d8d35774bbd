-- How a certificate stands today and since when, wherever its household is now; nothing of the household. It is
-- ``superseded`` by another, ``withdrawn`` where the household left the register, left poverty or moved, ``outdated``
-- where it names another head or another number than the household has, or a village that became another.
CREATE OR REPLACE FUNCTION certificate_standing(p_household uuid, p_division text, p_content jsonb,
    p_issued_on date, p_superseded_at timestamp with time zone)
 RETURNS TABLE(standing text, since date)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $$
    SELECT CASE WHEN p_superseded_at IS NOT NULL THEN 'superseded'
            WHEN h.status <> p_content ->> 'status' THEN 'withdrawn'
            WHEN h.division <> p_division THEN CASE WHEN there.code IS NULL THEN 'outdated' ELSE 'withdrawn' END
            WHEN NOT coalesce(head.named, false) OR h.number <> p_content ->> 'number' THEN 'outdated'
            ELSE 'valid' END,
        CASE WHEN p_superseded_at IS NOT NULL THEN (p_superseded_at AT TIME ZONE 'Asia/Shanghai')::date
            WHEN h.status <> p_content ->> 'status' OR h.division <> p_division THEN greatest(p_issued_on,
                (SELECT min(s.effective_from) FROM household_state_believed s WHERE s.household_id = p_household
                   AND coalesce(s.effective_to, 'infinity') > p_issued_on
                   AND (s.status <> p_content ->> 'status' OR s.division <> p_division)))
            WHEN NOT coalesce(head.named, false) THEN greatest(p_issued_on, head.since)
            WHEN h.number <> p_content ->> 'number' THEN greatest(p_issued_on,
                (SELECT max((c.recorded_at AT TIME ZONE 'Asia/Shanghai')::date) FROM change c
                 WHERE c.household_id = p_household AND c.after ? 'number'))
            ELSE p_issued_on END
    FROM household h
    LEFT JOIN LATERAL (
        SELECT d.code FROM division_now d WHERE d.code = p_division LIMIT 1) AS there ON true
    LEFT JOIN LATERAL (
        SELECT m.joined_on AS since, EXISTS (
                SELECT FROM jsonb_array_elements(p_content -> 'members') AS said
                WHERE said ->> 'relation' = '户主' AND said ->> 'name' = m.name AND said ->> 'born' = m.born::text) AS named
        FROM member_now m WHERE m.household_id = p_household AND m.relation = '户主' LIMIT 1) AS head ON true
    WHERE h.id = p_household
$$;

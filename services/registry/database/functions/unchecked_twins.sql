-- Looks beyond the caller's division, but only for persons within it: whoever asks cannot name others.
CREATE OR REPLACE FUNCTION unchecked_twins(p_low text, p_high text)
 RETURNS TABLE(person_id uuid, same_in_county boolean, same_in_city boolean, same_in_province boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $$
    SELECT p.id, bool_or(left(o.division, 6) = left(p.division, 6)),
        bool_or(left(o.division, 4) = left(p.division, 4) AND left(o.division, 6) <> left(p.division, 6)),
        bool_or(left(o.division, 2) = left(p.division, 2) AND left(o.division, 4) <> left(p.division, 4))
    FROM person p JOIN person o ON o.born = p.born AND o.identity_masked = p.identity_masked AND o.name = p.name
        AND o.id <> p.id AND o.identity_index IS NULL
    WHERE p.identity_index IS NULL AND p.division >= p_low AND p.division < p_high
      AND p.division >= nullif(current_setting('app.division', true), '')
      AND p.division < nullif(current_setting('app.division', true), '') || ':'
      AND EXISTS (SELECT FROM membership_now m WHERE m.person_id = o.id)
    GROUP BY p.id
$$;
GRANT EXECUTE ON FUNCTION unchecked_twins(text, text) TO registry_api, registry_worker;

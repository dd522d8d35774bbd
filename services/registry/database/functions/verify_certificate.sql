-- How a certificate stands, for whoever holds its code in any division: nothing of the household.
CREATE OR REPLACE FUNCTION verify_certificate(p_code uuid)
 RETURNS TABLE(standing text, issued_on date, division text, village text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $$
    SELECT CASE WHEN c.superseded_at IS NOT NULL THEN 'superseded'
            WHEN h.status <> c.content ->> 'status' OR h.division <> c.division THEN 'outdated' ELSE 'valid' END,
        c.issued_on, c.division, c.content ->> 'village'
    FROM certificate c JOIN household h ON h.id = c.household_id WHERE c.code = p_code
$$;

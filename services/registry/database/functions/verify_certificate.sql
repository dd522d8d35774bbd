-- How a certificate stands, for whoever holds its code in any division: nothing of the household.
CREATE OR REPLACE FUNCTION verify_certificate(p_code uuid)
 RETURNS TABLE(standing text, since date, issued_on date, division text, village text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $$
    SELECT st.standing, st.since, c.issued_on, c.division, c.content ->> 'village'
    FROM certificate c
    CROSS JOIN LATERAL certificate_standing(c.household_id, c.division, c.content, c.issued_on, c.superseded_at) AS st
    WHERE c.code = p_code
$$;

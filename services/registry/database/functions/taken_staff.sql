-- Which of some ids, subjects and identities belong to somebody of the staff, wherever: a county may name somebody of
-- another, whom it cannot see. Answers the keys and nothing else of them.
CREATE OR REPLACE FUNCTION taken_staff(p_ids uuid[], p_subjects text[], p_indexes bytea[])
 RETURNS TABLE(key text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $$
    SELECT 'id:' || id FROM staff WHERE id = ANY(p_ids)
    UNION ALL SELECT 'subject:' || subject FROM staff WHERE subject = ANY(p_subjects)
    UNION ALL SELECT 'identity:' || encode(identity_index, 'hex') FROM staff WHERE identity_index = ANY(p_indexes)
$$;

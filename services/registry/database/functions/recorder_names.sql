-- The names of those who recorded something, by the subjects of their tokens: a village does not see the county's staff,
-- but may know who said what the register says of its households.
CREATE OR REPLACE FUNCTION recorder_names(p_subjects text[])
 RETURNS TABLE(subject text, name text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $$
    SELECT s.subject, s.name FROM staff s WHERE s.subject = ANY(p_subjects)
$$;

-- After many rows came in at once the planner still believes the tables to be as they were, and reads all of a county
-- to change one household. Whoever loads many rows ends with this; its owner may do so, its callers need no right to.
CREATE OR REPLACE FUNCTION analyze_register()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $$
BEGIN
    ANALYZE household, person, membership, household_state, change;
END $$;

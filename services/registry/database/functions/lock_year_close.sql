-- A close and the changes around it take turns: who changes the register holds the lock together with others, who
-- closes a year holds it alone. What began before a close and comes after it is told to begin again (the edge does),
-- so that it is recorded after the close and not before it.
CREATE OR REPLACE FUNCTION lock_year_close()
 RETURNS void
 LANGUAGE sql
AS $$
    SELECT pg_advisory_xact_lock(hashtext('year_close'))
$$;

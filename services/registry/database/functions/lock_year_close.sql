-- A close and the changes around it take turns: who changes the register holds the lock together with others, who
-- closes a year holds it alone (``p_alone``). What began before a close and comes after it is told to begin again (the
-- edge does), so that it is recorded after the close and not before it.
CREATE OR REPLACE FUNCTION lock_year_close(p_alone boolean)
 RETURNS void
 LANGUAGE plpgsql
AS $$
BEGIN
    IF p_alone THEN
        PERFORM pg_advisory_xact_lock(hashtext('year_close'));
    ELSE
        PERFORM pg_advisory_xact_lock_shared(hashtext('year_close'));
    END IF;
END $$;

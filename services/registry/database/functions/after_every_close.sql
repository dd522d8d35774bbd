CREATE OR REPLACE FUNCTION after_every_close()
 RETURNS trigger
 LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('year_close'));
    IF EXISTS (SELECT FROM year_close WHERE closed_at > business_now()) THEN
        RAISE EXCEPTION 'a year was closed meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END $$;

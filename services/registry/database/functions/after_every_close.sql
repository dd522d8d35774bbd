CREATE OR REPLACE FUNCTION after_every_close()
 RETURNS trigger
 LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM lock_year_close(false);
    IF EXISTS (SELECT FROM year_close WHERE closed_at > business_now()) THEN
        RAISE EXCEPTION 'a year was closed meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END $$;

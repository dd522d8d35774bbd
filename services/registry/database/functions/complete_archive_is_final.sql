-- A complete archive is final.
CREATE OR REPLACE FUNCTION complete_archive_is_final()
 RETURNS trigger
 LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'archive % is complete and cannot change', OLD.id USING ERRCODE = 'check_violation';
END $$;

-- An entry without postings says that money moved where none did.
CREATE OR REPLACE FUNCTION entry_has_postings()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public'
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM posting p WHERE p.entry_id = NEW.id) THEN
        RAISE EXCEPTION 'an entry has no postings' USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_has_postings';
    END IF;
    RETURN NULL;
END $$;

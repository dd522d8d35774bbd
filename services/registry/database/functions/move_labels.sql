CREATE OR REPLACE FUNCTION move_labels()
 RETURNS trigger
 LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE household_label SET division = NEW.division WHERE household_id = NEW.id AND ends_on IS NULL;
    RETURN NULL;
END $$;

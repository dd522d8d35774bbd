CREATE OR REPLACE FUNCTION move_grams()
 RETURNS trigger
 LANGUAGE plpgsql
AS $$
BEGIN
    DELETE FROM person_gram g
        WHERE g.gram = ANY(OLD.grams) AND g.division = OLD.division AND g.person_id = OLD.id;
    INSERT INTO person_gram (gram, division, person_id)
        SELECT gram, NEW.division, NEW.id FROM unnest(NEW.grams) AS gram;
    RETURN NULL;
END $$;

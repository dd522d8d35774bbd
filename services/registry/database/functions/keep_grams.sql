CREATE OR REPLACE FUNCTION keep_grams()
 RETURNS trigger
 LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO person_gram (gram, division, person_id)
    SELECT gram, p.division, p.id FROM arrived p, unnest(p.grams) AS gram ORDER BY 1, 2, 3;
    RETURN NULL;
END $$;

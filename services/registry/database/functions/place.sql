-- The name of a division today, else its last one.
CREATE OR REPLACE FUNCTION place(p_code text)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $$
    SELECT name FROM division WHERE code = p_code COLLATE "C"
    ORDER BY valid_from > business_today(), valid_from DESC LIMIT 1
$$;

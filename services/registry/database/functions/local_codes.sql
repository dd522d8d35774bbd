-- The texts in force on a day for a division: its own and those of the divisions that it lies in, which a cadre's own
-- scope would not show. Words only, nothing of a person.
CREATE OR REPLACE FUNCTION local_codes(p_division text, p_day date)
 RETURNS TABLE(list text, text text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $$
    SELECT c.list, c.text FROM local_code c
    WHERE c.division = ANY(ARRAY[left(p_division, 2), left(p_division, 4), left(p_division, 6), left(p_division, 9),
            p_division])
      AND held_on(c.valid_from, c.valid_to, p_day)
$$;

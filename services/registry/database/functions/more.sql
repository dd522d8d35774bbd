-- What follows the members of an object that is not closed: those of another, and the end.
CREATE OR REPLACE FUNCTION more(p_facts jsonb)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $$
    SELECT CASE WHEN p_facts = '{}' THEN '}' ELSE ', ' || substr(p_facts::text, 2) END
$$;

-- Facts as they stand on the wire: amounts, kept in fen under <key>_fen, in yuan under <key>.
CREATE OR REPLACE FUNCTION shown(p_facts jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
AS $$
    SELECT CASE WHEN money.keys IS NULL THEN p_facts ELSE p_facts - money.keys || money.amounts END
    FROM (SELECT array_agg(key) AS keys, jsonb_object_agg(left(key, -4), round(value::text::numeric / 100, 2)::text)
            AS amounts
        FROM jsonb_each(p_facts) WHERE right(key, 4) = '_fen') AS money
$$;

-- As it was, but every household that was found is noted.
CREATE OR REPLACE FUNCTION find_persons(p_division text, p_now timestamp with time zone, p_caller jsonb, p_indexes bytea[])
 RETURNS TABLE(identity_index bytea, person_id uuid, household_id uuid, division text, number text, status text)
 LANGUAGE plpgsql
AS $$
DECLARE
    v_found jsonb;
BEGIN
    PERFORM app_open(p_division, p_now), set_config('synchronous_commit', 'off', true);
    SELECT coalesce(jsonb_agg(jsonb_build_object('i', encode(p.identity_index, 'hex'), 'p', p.id, 'h', h.id,
            'd', h.division, 'n', h.number, 's', h.status)), '[]') INTO v_found
        FROM unnest(p_indexes) AS asked(identity_index)
        CROSS JOIN LATERAL (SELECT * FROM person one
            WHERE one.identity_index = asked.identity_index LIMIT 1) AS p
        JOIN membership_now m ON m.person_id = p.id
        JOIN household h ON h.id = m.household_id;
    PERFORM note_seen(p_caller, 'looked_up', p_division, NULL,
        (SELECT coalesce(array_agg(f.h), '{}') FROM jsonb_to_recordset(v_found) AS f(h uuid)),
        (SELECT coalesce(array_agg(f.d), '{}') FROM jsonb_to_recordset(v_found) AS f(d text)));
    RETURN QUERY SELECT decode(f.i, 'hex'), f.p, f.h, f.d, f.n, f.s
        FROM jsonb_to_recordset(v_found) AS f(i text, p uuid, h uuid, d text, n text, s text);
END $$;

-- Members who join: ``joins`` is a new person with finished values, ``arrives`` are known persons who live nowhere
-- else, with what was last known of them (also where it is believed no more). Each with the relation to the head.
CREATE OR REPLACE FUNCTION members_join(p_rows jsonb, p_actor text)
 RETURNS void
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $$
BEGIN
    PERFORM newcomers(p_rows, p_actor);

    -- Of an item nothing says which change set it but this one.
    INSERT INTO membership (household_id, person_id, division, version, relation, joined_on, facts, origins)
    SELECT row.id, (row.joins ->> 'id')::uuid, row.division, row.version, row.joins ->> 'relation', row.effective_on,
        row.joins -> 'facts', coalesce((SELECT jsonb_object_agg(key, row.version)
            FROM jsonb_object_keys(row.joins -> 'facts') AS key), '{}')
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, version integer, effective_on date, joins jsonb)
    WHERE jsonb_typeof(row.joins) = 'object';

    INSERT INTO membership (household_id, person_id, division, version, relation, joined_on, facts, origins)
    SELECT row.id, a.id, row.division, row.version, a.relation, row.effective_on, last.facts,
        coalesce((SELECT jsonb_object_agg(key, row.version) FROM jsonb_object_keys(last.facts) AS key), '{}')
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, version integer, effective_on date, arrives jsonb),
        jsonb_to_recordset(row.arrives) AS a(id uuid, relation text)
    CROSS JOIN LATERAL (SELECT m.facts FROM membership m WHERE m.person_id = a.id
        ORDER BY m.superseded_at IS NOT NULL, m.joined_on DESC, m.recorded_at DESC LIMIT 1) AS last
    WHERE jsonb_typeof(row.arrives) = 'array';

    UPDATE person p SET division = row.division
    FROM jsonb_to_recordset(p_rows) AS row(division text, arrives jsonb),
        jsonb_to_recordset(row.arrives) AS a(id uuid)
    WHERE jsonb_typeof(row.arrives) = 'array' AND p.id = a.id AND p.division <> row.division;
END $$;

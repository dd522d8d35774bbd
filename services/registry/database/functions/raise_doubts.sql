-- Raise doubts, those that are open or settled already left out; answers how many are new. Tells of each.
CREATE OR REPLACE FUNCTION raise_doubts(p_rows jsonb, p_actor text)
 RETURNS integer
 LANGUAGE plpgsql
AS $$
DECLARE
    made integer;
BEGIN
    WITH fresh AS (
        INSERT INTO doubt (id, division, rule, rule_version, ground, severity, household_id, person_id, feed,
            record_id, fingerprint, evidence, policy, due_on, source, reference, sequence, recorded_by)
        SELECT id, division, rule, rule_version, ground, severity, household_id, person_id, feed, record_id,
            coalesce(fingerprint, md5(evidence::text)), evidence, policy, due_on, source, reference, sequence, p_actor
        FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, rule text, rule_version integer, ground text,
            severity text, household_id uuid, person_id uuid, feed text, record_id uuid, fingerprint text,
            evidence jsonb, policy jsonb, due_on date, source text, reference uuid, sequence bigint)
        WHERE NOT rule_is_off(row.rule, row.division)
        ON CONFLICT DO NOTHING
        RETURNING *
    ), noted AS (
        INSERT INTO doubt_step (doubt_id, division, round, version, step, status, recorded_by)
        SELECT id, division, round, version, 'raise', status, recorded_by FROM fresh
    )
    INSERT INTO outbox (event_id, topic, key, type, payload, headers)
    SELECT uuidv7(), 'registry.doubt', coalesce(household_id, id)::text, 'registry.doubt.raised.v1',
        convert_to(jsonb_build_object('id', id, 'household_id', household_id, 'division', division, 'rule', rule,
            'rule_version', rule_version, 'ground', ground, 'severity', severity, 'status', status,
            'verdict', verdict, 'upheld', upheld, 'raised_on', raised_on, 'due_on', due_on, 'source', source,
            'reference', reference)::text, 'UTF8'),
        jsonb_build_object('sequence', version, 'subject', id, 'time', business_now())
    FROM fresh ORDER BY id;
    GET DIAGNOSTICS made = ROW_COUNT;
    RETURN made;
END $$;

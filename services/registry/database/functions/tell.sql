-- Events of a list of rows into the outbox, in the order of the list. Always the last statement of its function.
CREATE OR REPLACE FUNCTION tell(p_rows jsonb, p_topic text)
 RETURNS void
 LANGUAGE sql
AS $$
    INSERT INTO outbox (event_id, topic, key, type, payload, headers)
    SELECT coalesce((row ->> 'event_id')::uuid, uuidv7()), p_topic, row ->> 'id', row ->> 'event_type',
        convert_to(row ->> 'event', 'UTF8'),
        jsonb_build_object('sequence', (row -> 'version')::integer, 'subject', row ->> 'id', 'time', business_now())
    FROM jsonb_array_elements(p_rows) WITH ORDINALITY AS list(row, position) ORDER BY position
$$;

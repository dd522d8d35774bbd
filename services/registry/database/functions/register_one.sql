-- Register one household under an idempotency key. Answers the status and body to send: 201, the stored answer of
-- the same request (replayed), 200 where the same was registered before under another key; otherwise ``refusal``
-- says what stands against it: key, division, id, or the field of a member who is registered already.
CREATE OR REPLACE FUNCTION register_one(p_division text, p_now timestamp with time zone, p_caller jsonb, p_key text, p_hash bytea, p_row jsonb, OUT status integer, OUT body text, OUT replayed boolean, OUT refusal text)
 RETURNS record
 LANGUAGE plpgsql
AS $$
DECLARE
    v_subject text := p_caller ->> 'subject';
    v_id uuid := (p_row ->> 'id')::uuid;
    known record;
BEGIN
    PERFORM app_open(p_division, p_now);
    replayed := false;
    INSERT INTO idempotency AS i (subject, key, request_hash) VALUES (v_subject, p_key, p_hash) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT i.request_hash, i.status, convert_from(i.body, 'UTF8') AS body INTO known
            FROM idempotency i WHERE i.subject = v_subject AND i.key = p_key;
        IF known.request_hash <> p_hash THEN
            refusal := 'key';
        ELSE
            status := known.status; body := known.body; replayed := true;
        END IF;
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM division d WHERE d.code = p_row ->> 'division' AND d.valid_to IS NULL) THEN
        refusal := 'division';
        DELETE FROM idempotency i WHERE i.subject = v_subject AND i.key = p_key;
        RETURN;
    END IF;
    SELECT h.version, h.digest INTO known FROM household h WHERE h.id = v_id;
    IF FOUND THEN
        IF known.digest <> decode(p_row ->> 'digest', 'hex') THEN
            refusal := 'id';
            DELETE FROM idempotency i WHERE i.subject = v_subject AND i.key = p_key;
            RETURN;
        END IF;
        status := 200;
    ELSE
        status := 201; known.version := 1;
    END IF;
    SELECT 'members[' || position - 1 || '].identity_number' INTO refusal
        FROM jsonb_array_elements(p_row -> 'members') WITH ORDINALITY AS list(member, position)
        -- LIMIT keeps the planner to one index lookup a member, whatever it believes about the scope's size.
        CROSS JOIN LATERAL (SELECT FROM person p
            WHERE p.identity_index = decode(member ->> 'identity_index', 'hex') LIMIT 1) AS known
        WHERE status = 201 ORDER BY position LIMIT 1;
    IF FOUND THEN
        DELETE FROM idempotency i WHERE i.subject = v_subject AND i.key = p_key;
        RETURN;
    END IF;
    body := json_build_object('id', v_id, 'version', known.version)::text;
    UPDATE idempotency i SET status = register_one.status, body = convert_to(register_one.body, 'UTF8'),
        headers = jsonb_build_object('content-type', 'application/json', 'etag', '"' || known.version || '"')
        WHERE i.subject = v_subject AND i.key = p_key;
    IF status = 201 THEN
        PERFORM note(p_caller, 'household.registered', 'household', v_id::text, p_row ->> 'division',
            jsonb_build_object('number', p_row -> 'number', 'size', jsonb_array_length(p_row -> 'members')));
        PERFORM register_households(jsonb_build_array(p_row), v_subject);
    END IF;
END $$;

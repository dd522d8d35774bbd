-- The three hot requests of the register, each one statement for the client: read one, find many, register one.

-- One household with its members as finished JSON, and the note that somebody saw it. A read may lose its note in a
-- crash of the server within the same fraction of a second; it does not wait for the disk.
CREATE FUNCTION read_household(p_division text, p_now timestamptz, p_caller jsonb, p_id uuid,
    OUT version integer, OUT body text) LANGUAGE plpgsql AS $$
DECLARE
    place text;
BEGIN
    PERFORM app_open(p_division, p_now), set_config('synchronous_commit', 'off', true);
    SELECT h.version, h.division, json_build_object(
        'id', h.id, 'division', h.division, 'number', h.number, 'version', h.version, 'status', h.status,
        'size', h.size, 'identified_on', h.identified_on, 'attribute', h.attribute, 'main_cause', h.main_cause,
        'land_mu', h.land_mu::text, 'income', round(h.income_fen / 100.0, 2)::text, 'unsafe_house', h.unsafe_house,
        'phone', h.phone_masked, 'bank_card', h.card_masked, 'source', h.source, 'captured_at', h.captured_at,
        'recorded_at', h.recorded_at,
        'members', (
            SELECT json_agg(json_build_object(
                'id', p.id, 'number', p.number, 'name', p.name, 'relation', m.relation, 'sex', p.sex, 'born', p.born,
                'identity_number', p.identity_masked, 'document_kind', p.document_kind, 'ethnicity', p.ethnicity,
                'education', p.education, 'health', p.health, 'labour', p.labour, 'joined_on', m.joined_on
            ) ORDER BY m.relation <> '户主', p.born, p.id)
            FROM membership m JOIN person p ON p.id = m.person_id
            WHERE m.household_id = h.id AND m.superseded_at IS NULL AND m.left_on IS NULL)
    )::text INTO version, place, body FROM household h WHERE h.id = p_id;
    IF body IS NOT NULL THEN
        PERFORM note(p_caller, 'read', 'household', p_id::text, place, NULL);
    END IF;
END $$;

-- A line of the audit record on behalf of a caller {subject, roles (as an array literal), division, purpose,
-- request_id}.
CREATE FUNCTION note(p_caller jsonb, p_action text, p_kind text, p_id text, p_division text, p_after jsonb)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_entry (actor, roles, actor_division, purpose, action, object_kind, object_id, division, after,
        request_id)
    VALUES (p_caller ->> 'subject', (p_caller ->> 'roles')::text[], p_caller ->> 'division',
        p_caller ->> 'purpose', p_action, p_kind, p_id, p_division, p_after, p_caller ->> 'request_id');
END $$;

-- Persons by the keyed index of their identity number, within the caller's division, with the household in which
-- they live now. One line in the audit record a call.
CREATE FUNCTION find_persons(p_division text, p_now timestamptz, p_caller jsonb, p_indexes bytea[])
RETURNS TABLE (identity_index bytea, person_id uuid, household_id uuid, division text, number text, status text)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM app_open(p_division, p_now), set_config('synchronous_commit', 'off', true);
    PERFORM note(p_caller, 'looked_up', 'person', cardinality(p_indexes)::text || ' numbers', p_division, NULL);
    RETURN QUERY
        SELECT p.identity_index, p.id, h.id, h.division, h.number, h.status
        FROM unnest(p_indexes) AS asked(identity_index)
        CROSS JOIN LATERAL (SELECT * FROM person one
            WHERE one.identity_index = asked.identity_index LIMIT 1) AS p
        JOIN membership m ON m.person_id = p.id AND m.superseded_at IS NULL AND m.left_on IS NULL
        JOIN household h ON h.id = m.household_id;
END $$;

-- Register one household under an idempotency key. Answers the status and body to send: 201, the stored answer of
-- the same request (replayed), 200 where the same was registered before under another key; otherwise ``refusal``
-- says what stands against it: key, division, id, or the field of a member who is registered already.
CREATE FUNCTION register_one(p_division text, p_now timestamptz, p_caller jsonb, p_key text, p_hash bytea, p_row jsonb,
    OUT status integer, OUT body text, OUT replayed boolean, OUT refusal text) LANGUAGE plpgsql AS $$
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

-- Ask, under an idempotency key, for a household to be registered: it waits in change_request until another person
-- releases it. Answers the status and body to send: 202 with the request (the same one where the same was asked before), 200
-- where the same household is registered already, or the stored answer of the same call (replayed). Otherwise ``refusal``
-- says what stands against it: key, division, id, ``procedure``, ``level`` or ``year`` (with what it is in ``detail``), or the
-- field of a member who is registered already. ``p_row``: id, household_id, division, number, size, effective_on, digest,
-- content, indexes (of the members' identity numbers).
CREATE OR REPLACE FUNCTION ask_registration(p_division text, p_now timestamp with time zone, p_caller jsonb, p_key text, p_hash bytea, p_row jsonb, OUT status integer, OUT body text, OUT version integer, OUT replayed boolean, OUT refusal text, OUT detail text)
 RETURNS record
 LANGUAGE plpgsql
AS $$
DECLARE
    v_subject text := p_caller ->> 'subject';
    v_place text := p_row ->> 'division';
    v_home uuid := (p_row ->> 'household_id')::uuid;
    v_digest bytea := decode(p_row ->> 'digest', 'hex');
    v_request uuid;
    v_level text;
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
    SELECT h.version, h.digest INTO known FROM household h WHERE h.id = v_home;
    IF FOUND THEN
        status := 200; version := known.version;
    ELSE
        SELECT r.id, r.digest INTO known FROM change_request r
            WHERE r.division = v_place AND r.household_id = v_home AND r.status = 'waiting';
        IF FOUND THEN
            status := 202; v_request := known.id;
        END IF;
    END IF;
    IF status IS NOT NULL THEN
        refusal := CASE WHEN known.digest <> v_digest THEN 'id' END;
    ELSE
        status := 202; v_request := (p_row ->> 'id')::uuid;
        IF NOT EXISTS (SELECT FROM division_now d WHERE d.code = v_place) THEN
            refusal := 'division';
        ELSE
            SELECT asked.refusal, asked.detail, asked.level INTO refusal, detail, v_level
                FROM may_decide_directly(p_division, v_place, 'identified', (p_row ->> 'effective_on')::date) AS asked;
        END IF;
        IF refusal IS NULL THEN
            SELECT 'members[' || position - 1 || '].identity_number' INTO refusal
                FROM jsonb_array_elements_text(p_row -> 'indexes') WITH ORDINALITY AS list(index, position)
                -- LIMIT keeps the planner to one lookup a member, whatever it believes about the scope's size.
                CROSS JOIN LATERAL (SELECT FROM person p WHERE p.identity_index = decode(index, 'hex') LIMIT 1) AS known
                ORDER BY position LIMIT 1;
        END IF;
        IF refusal IS NULL THEN
            INSERT INTO change_request (id, division, household_id, kind, reason, effective_on, level, number, size,
                content, digest, asked_by)
            VALUES (v_request, v_place, v_home, 'registration', 'identified', (p_row ->> 'effective_on')::date, v_level,
                p_row ->> 'number', (p_row ->> 'size')::integer, p_row ->> 'content', v_digest, v_subject);
            PERFORM note(p_caller, 'change.asked', 'change_request', v_request::text, v_place,
                jsonb_build_object('kind', 'registration', 'number', p_row -> 'number', 'size', p_row -> 'size'));
        END IF;
    END IF;
    IF refusal IS NOT NULL THEN
        DELETE FROM idempotency i WHERE i.subject = v_subject AND i.key = p_key;
        RETURN;
    END IF;
    body := CASE status WHEN 200 THEN json_build_object('id', v_home, 'version', version)
        ELSE json_build_object('id', v_home, 'request_id', v_request, 'status', 'waiting') END::text;
    UPDATE idempotency i SET status = ask_registration.status, body = convert_to(ask_registration.body, 'UTF8'),
        headers = jsonb_strip_nulls(jsonb_build_object('content-type', 'application/json', 'etag', '"' || version || '"'))
        WHERE i.subject = v_subject AND i.key = p_key;
END $$;

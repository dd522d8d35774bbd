-- Privacy 个人信息保护: who saw whom, consents, requests to correct, and what was erased when its time was over.

-- Households that somebody was shown in a list: found, exported, disclosed. The entry in the record says by which
-- call; what a person's own office needs stands here, because the entry lies in the caller's division.
CREATE TABLE viewing (
    division     text COLLATE "C" NOT NULL,
    entry_id     bigint NOT NULL,
    household_id uuid NOT NULL,
    seen_at      timestamptz NOT NULL DEFAULT business_now(),
    actor        text NOT NULL,
    roles        text[] NOT NULL,
    purpose      text NOT NULL,
    action       text NOT NULL,
    reason       text,
    PRIMARY KEY (division, entry_id, household_id)
);
CREATE INDEX viewing_of_household ON viewing (household_id, entry_id);

-- A line of the record for a call that showed households of a list, and a line for each of them.
CREATE FUNCTION note_seen(p_caller jsonb, p_action text, p_division text, p_reason text, p_households uuid[],
    p_divisions text[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_entry bigint;
BEGIN
    INSERT INTO audit_entry (actor, roles, actor_division, purpose, action, object_kind, object_id, division, reason,
        after, request_id)
    VALUES (p_caller ->> 'subject', (p_caller ->> 'roles')::text[], p_caller ->> 'division', p_caller ->> 'purpose',
        p_action, 'list', cardinality(p_households) || ' households', p_division, p_reason,
        jsonb_build_object('households', p_households), p_caller ->> 'request_id')
    RETURNING id INTO v_entry;
    INSERT INTO viewing (division, entry_id, household_id, actor, roles, purpose, action, reason)
    SELECT DISTINCT seen.division, v_entry, seen.household_id, p_caller ->> 'subject',
        (p_caller ->> 'roles')::text[], p_caller ->> 'purpose', p_action, p_reason
    FROM unnest(p_households, p_divisions) AS seen(household_id, division);
    RETURN v_entry;
END $$;

-- As it was, but every household that was found is noted.
CREATE OR REPLACE FUNCTION find_persons(p_division text, p_now timestamptz, p_caller jsonb, p_indexes bytea[])
RETURNS TABLE (identity_index bytea, person_id uuid, household_id uuid, division text, number text, status text)
LANGUAGE plpgsql AS $$
DECLARE
    v_found jsonb;
BEGIN
    PERFORM app_open(p_division, p_now), set_config('synchronous_commit', 'off', true);
    SELECT coalesce(jsonb_agg(jsonb_build_object('i', encode(p.identity_index, 'hex'), 'p', p.id, 'h', h.id,
            'd', h.division, 'n', h.number, 's', h.status)), '[]') INTO v_found
        FROM unnest(p_indexes) AS asked(identity_index)
        CROSS JOIN LATERAL (SELECT * FROM person one
            WHERE one.identity_index = asked.identity_index LIMIT 1) AS p
        JOIN membership m ON m.person_id = p.id AND m.superseded_at IS NULL AND m.left_on IS NULL
        JOIN household h ON h.id = m.household_id;
    PERFORM note_seen(p_caller, 'looked_up', p_division, NULL,
        (SELECT coalesce(array_agg(f.h), '{}') FROM jsonb_to_recordset(v_found) AS f(h uuid)),
        (SELECT coalesce(array_agg(f.d), '{}') FROM jsonb_to_recordset(v_found) AS f(d text)));
    RETURN QUERY SELECT decode(f.i, 'hex'), f.p, f.h, f.d, f.n, f.s
        FROM jsonb_to_recordset(v_found) AS f(i text, p uuid, h uuid, d text, n text, s text);
END $$;

-- What a person, or a guardian for a child, agreed to 授权同意. The signed paper is an attachment, by its SHA-256.
CREATE TABLE consent (
    id                uuid PRIMARY KEY,
    division          text COLLATE "C" NOT NULL,
    household_id      uuid NOT NULL REFERENCES household,
    person_id         uuid NOT NULL REFERENCES person,
    purposes          text[] NOT NULL CHECK (cardinality(purposes) > 0),
    given_on          date NOT NULL,
    valid_to          date CHECK (valid_to > given_on),
    evidence          text NOT NULL,
    guardian_id       uuid REFERENCES person,
    policies          jsonb NOT NULL,
    withdrawal_id     uuid UNIQUE,
    withdrawn_on      date CHECK (withdrawn_on >= given_on),
    withdrawal_ground text,
    withdrawn_by      text,
    recorded_at       timestamptz NOT NULL DEFAULT business_now(),
    recorded_by       text NOT NULL
);
CREATE INDEX consent_by_division ON consent (division, id);
CREATE INDEX consent_of_person ON consent (person_id, id);

-- Somebody says that what is held of him is wrong 更正申请. What he wants may hold numbers: it is encrypted.
CREATE TABLE correction_request (
    id           uuid PRIMARY KEY,
    division     text COLLATE "C" NOT NULL,
    household_id uuid NOT NULL REFERENCES household,
    person_id    uuid NOT NULL REFERENCES person,
    asked_by     text NOT NULL CHECK (asked_by IN ('self', 'guardian', 'family')),
    asked_on     date NOT NULL,
    field        text NOT NULL,
    wanted       text NOT NULL,
    evidence     text[] NOT NULL DEFAULT '{}',
    due_on       date NOT NULL,
    policies     jsonb NOT NULL,
    status       text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'accepted', 'refused')),
    answer_id    uuid UNIQUE,
    answer       text,
    change_id    uuid REFERENCES change,
    answered_on  date,
    answered_by  text,
    recorded_at  timestamptz NOT NULL DEFAULT business_now(),
    recorded_by  text NOT NULL,
    CHECK ((status = 'open') = (answered_on IS NULL)),
    CHECK (status <> 'refused' OR answer IS NOT NULL),
    CHECK (answered_by <> recorded_by)
);
CREATE INDEX correction_request_by_division ON correction_request (division, id);
CREATE INDEX correction_request_open ON correction_request (division, due_on, id) WHERE status = 'open';
CREATE INDEX correction_request_of_person ON correction_request (person_id, id);

-- What was erased 到期清除, of whom (never what it was), under which policy.
CREATE TABLE erasure (
    id          uuid PRIMARY KEY,
    division    text COLLATE "C" NOT NULL,
    run_id      uuid NOT NULL,
    kind        text NOT NULL,
    object_id   uuid NOT NULL,
    fields      text[] NOT NULL,
    policies    jsonb NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    recorded_by text NOT NULL
);
CREATE INDEX erasure_by_division ON erasure (division, id);
CREATE INDEX household_removed ON household (division, id) WHERE status = 'removed';

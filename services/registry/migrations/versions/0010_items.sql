-- Every item of the national field table 建档立卡数据项: ``facts`` beside what identifies and counts. An item that is
-- absent is unknown. ``origins`` says for an item the household's version whose change set it (absent: version 1),
-- and that change knows who, when, from which source, on what ground and shown by which papers.

ALTER TABLE household ADD other_causes text[] NOT NULL DEFAULT '{}', ADD facts jsonb NOT NULL DEFAULT '{}',
    ADD origins jsonb NOT NULL DEFAULT '{}', ADD phone_index bytea;
ALTER TABLE household_state ADD other_causes text[] NOT NULL DEFAULT '{}', ADD facts jsonb NOT NULL DEFAULT '{}',
    ADD origins jsonb NOT NULL DEFAULT '{}';
ALTER TABLE membership ADD facts jsonb NOT NULL DEFAULT '{}', ADD origins jsonb NOT NULL DEFAULT '{}';
ALTER TABLE person ADD phone text, ADD phone_masked text, ADD phone_index bytea;
ALTER TABLE change ADD source text, ADD evidence text[] NOT NULL DEFAULT '{}', ADD before jsonb, ADD after jsonb,
    ADD lineage jsonb;

UPDATE household SET facts = jsonb_strip_nulls(jsonb_build_object('land_mu', land_mu::text, 'income_fen', income_fen,
    'unsafe_house', unsafe_house));
UPDATE household_state SET facts = jsonb_strip_nulls(jsonb_build_object('land_mu', land_mu::text,
    'income_fen', income_fen, 'unsafe_house', unsafe_house));
UPDATE membership m SET facts = jsonb_strip_nulls(jsonb_build_object('ethnicity', p.ethnicity,
    'education', p.education, 'labour', p.labour, 'health', CASE WHEN p.health <> '{}' THEN to_jsonb(p.health) END))
    FROM person p WHERE p.id = m.person_id;
-- What each change did, from the states that it left behind.
ALTER TABLE change DISABLE TRIGGER append_only;
UPDATE change c SET
    before = (SELECT jsonb_build_object('status', s.status, 'size', s.size, 'attribute', s.attribute,
            'main_cause', s.main_cause) || s.facts
        FROM household_state s WHERE s.household_id = c.household_id AND s.version < c.version
            AND s.effective_to IS NULL ORDER BY s.version DESC LIMIT 1),
    after = (SELECT jsonb_build_object('status', s.status, 'size', s.size, 'attribute', s.attribute,
            'main_cause', s.main_cause) || s.facts
        FROM household_state s WHERE s.household_id = c.household_id AND s.version = c.version
            AND s.effective_to IS NULL LIMIT 1)
    WHERE c.version > 1;
ALTER TABLE change ENABLE TRIGGER append_only;
ALTER TABLE household DROP land_mu, DROP income_fen, DROP unsafe_house;
ALTER TABLE household_state DROP land_mu, DROP income_fen, DROP unsafe_house;
ALTER TABLE person DROP ethnicity, DROP education, DROP health, DROP labour;

CREATE INDEX household_by_phone ON household (phone_index) WHERE phone_index IS NOT NULL;
CREATE INDEX person_by_phone ON person (phone_index) WHERE phone_index IS NOT NULL;

-- Who somebody was believed to be before an identity was corrected: names, numbers, birth dates are never erased.
CREATE TABLE identity_past (
    person_id       uuid NOT NULL REFERENCES person,
    division        text COLLATE "C" NOT NULL,
    change_id       uuid NOT NULL REFERENCES change,
    name            text NOT NULL,
    sex             text NOT NULL,
    born            date NOT NULL,
    document_kind   text NOT NULL,
    identity_number text,
    identity_masked text,
    identity_index  bytea,
    superseded_at   timestamptz NOT NULL DEFAULT business_now(),
    PRIMARY KEY (person_id, change_id)
);

-- Code lists of a division's own 地方代码表, beside the national ones.
CREATE TABLE local_code (
    division    text COLLATE "C" NOT NULL,
    list        text NOT NULL,
    code        text NOT NULL,
    text        text NOT NULL,
    version     text NOT NULL,
    valid_from  date NOT NULL,
    valid_to    date CHECK (valid_to > valid_from),
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    recorded_by text NOT NULL,
    PRIMARY KEY (division, list, code, valid_from)
);

-- The texts in force on a day for a division: its own and those of the divisions that it lies in, which a cadre's own
-- scope would not show. Words only, nothing of a person.
CREATE FUNCTION local_codes(p_division text, p_day date) RETURNS TABLE (list text, text text) LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.list, c.text FROM local_code c
    WHERE c.division = ANY(ARRAY[left(p_division, 2), left(p_division, 4), left(p_division, 6), left(p_division, 9),
            p_division])
      AND c.valid_from <= p_day AND (c.valid_to IS NULL OR c.valid_to > p_day)
$$;

-- Facts as they stand on the wire: amounts, kept in fen under <key>_fen, in yuan under <key>.
CREATE FUNCTION shown(p_facts jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN money.keys IS NULL THEN p_facts ELSE p_facts - money.keys || money.amounts END
    FROM (SELECT array_agg(key) AS keys, jsonb_object_agg(left(key, -4), round(value::text::numeric / 100, 2)::text)
            AS amounts
        FROM jsonb_each(p_facts) WHERE right(key, 4) = '_fen') AS money
$$;

-- Register households with their members. Each row carries finished values (encrypted, masked, indexed) and the
-- event that tells of it. Raises unique_violation for a number or an identity that is registered already.
CREATE OR REPLACE FUNCTION register_households(p_rows jsonb, p_actor text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO household (id, division, number, version, status, size, identified_on, attribute, main_cause,
        other_causes, facts, phone, phone_masked, phone_index, bank_card, card_masked, source, digest, captured_at,
        recorded_by)
    SELECT id, division, number, 1, 'registered', jsonb_array_length(members), identified_on, attribute, main_cause,
        other_causes, facts, phone, phone_masked, decode(phone_index, 'hex'), bank_card, card_masked, source,
        decode(digest, 'hex'), captured_at, p_actor
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, number text, identified_on date, attribute text,
        main_cause text, other_causes text[], facts jsonb, phone text, phone_masked text, phone_index text,
        bank_card text, card_masked text, source text, digest text, captured_at timestamptz, members jsonb);

    INSERT INTO person (id, division, number, name, sex, born, document_kind, identity_number, identity_masked,
        identity_index, phone, phone_masked, phone_index, recorded_by)
    SELECT m.id, row.division, m.number, m.name, m.sex, m.born, m.document_kind, m.identity_number, m.identity_masked,
        decode(m.identity_index, 'hex'), m.phone, m.phone_masked, decode(m.phone_index, 'hex'), p_actor
    FROM jsonb_to_recordset(p_rows) AS row(division text, members jsonb),
        jsonb_to_recordset(row.members) AS m(id uuid, number text, name text, sex text, born date,
            document_kind text, identity_number text, identity_masked text, identity_index text, phone text,
            phone_masked text, phone_index text);

    INSERT INTO membership (household_id, person_id, division, version, relation, joined_on, facts)
    SELECT row.id, m.id, row.division, 1, m.relation, row.effective_on, m.facts
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, effective_on date, members jsonb),
        jsonb_to_recordset(row.members) AS m(id uuid, relation text, facts jsonb);

    INSERT INTO household_state (household_id, division, version, status, size, attribute, main_cause, other_causes,
        facts, effective_from)
    SELECT id, division, 1, 'registered', jsonb_array_length(members), attribute, main_cause, other_causes, facts,
        effective_on
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, attribute text, main_cause text,
        other_causes text[], facts jsonb, effective_on date, members jsonb);

    INSERT INTO change (id, household_id, division, version, kind, reason, effective_on, households, persons, ground,
        source, captured_at, recorded_by)
    SELECT change_id, id, division, 1, kind, reason, effective_on, 1, jsonb_array_length(members), ground, source,
        captured_at, p_actor
    FROM jsonb_to_recordset(p_rows) AS row(change_id uuid, id uuid, division text, kind text, reason text,
        effective_on date, ground text, source text, captured_at timestamptz, members jsonb);

    PERFORM tell(p_rows, 'registry.household');
END $$;

-- Apply one change to each of a list of households that the caller has locked (each at most once a call). A row
-- says how the household is afterwards, who came or went, and what the change adds to the register's numbers.
-- ``founds`` is a household that begins with this change (split off another); ``division`` where it is afterwards.
CREATE OR REPLACE FUNCTION apply_changes(p_rows jsonb, p_actor text) RETURNS void LANGUAGE plpgsql
    SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    INSERT INTO household (id, division, number, version, status, size, identified_on, attribute, main_cause,
        other_causes, facts, source, digest, captured_at, recorded_by)
    SELECT row.id, row.division, row.number, row.version, row.status, row.size, row.identified_on, row.attribute,
        row.main_cause, row.other_causes, row.facts, 'change:' || row.change_id, decode(row.founds, 'hex'),
        row.captured_at, p_actor
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, number text, version integer, status text,
        size integer, identified_on date, attribute text, main_cause text, other_causes text[], facts jsonb,
        change_id uuid, founds text, captured_at timestamptz)
    WHERE row.founds IS NOT NULL;

    -- Valid time: the open state ends on the day of the change. Belief: the open row is superseded, never erased.
    INSERT INTO household_state (household_id, division, version, status, size, attribute, main_cause, other_causes,
        facts, origins, effective_from, effective_to)
    SELECT s.household_id, s.division, row.version, s.status, s.size, s.attribute, s.main_cause, s.other_causes,
        s.facts, s.origins, s.effective_from, row.effective_on
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, version integer, effective_on date)
    JOIN household_state s ON s.household_id = row.id AND s.superseded_at IS NULL AND s.effective_to IS NULL
        AND s.effective_from < row.effective_on;

    UPDATE household_state s SET superseded_at = business_now()
    FROM jsonb_to_recordset(p_rows) AS row(id uuid)
    WHERE s.household_id = row.id AND s.superseded_at IS NULL AND s.effective_to IS NULL;

    INSERT INTO household_state (household_id, division, version, status, size, attribute, main_cause, other_causes,
        facts, origins, effective_from)
    SELECT id, division, version, status, size, attribute, main_cause, other_causes, facts, origins, effective_on
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, version integer, status text, size integer,
        attribute text, main_cause text, other_causes text[], facts jsonb, origins jsonb, effective_on date);

    PERFORM members_leave(p_rows);

    UPDATE household h SET division = row.division, version = row.version, status = row.status, size = row.size,
        attribute = row.attribute, main_cause = row.main_cause, other_causes = row.other_causes, facts = row.facts,
        origins = row.origins
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, version integer, status text, size integer,
        attribute text, main_cause text, other_causes text[], facts jsonb, origins jsonb)
    WHERE h.id = row.id;

    PERFORM members_join(p_rows, p_actor);

    -- A household that moves is a change in both divisions: facts keep the division they happened in.
    INSERT INTO change (id, household_id, division, version, kind, reason, effective_on, households, persons,
        person_id, ground, source, evidence, before, after, lineage, captured_at, recorded_by)
    SELECT side.id, row.id, side.division, row.version, row.kind, row.reason, row.effective_on, side.households,
        side.persons, row.person_id, row.ground, row.source, coalesce(row.evidence, '{}'), row.before, row.after,
        row.lineage, row.captured_at, p_actor
    FROM jsonb_to_recordset(p_rows) AS row(change_id uuid, id uuid, division text, leaves_division text,
        arrival_id uuid, version integer, kind text, reason text, effective_on date, households integer,
        persons integer, counted integer, person_id uuid, ground text, source text, evidence text[], before jsonb,
        after jsonb, lineage jsonb, captured_at timestamptz)
    CROSS JOIN LATERAL (
        SELECT row.change_id AS id, row.division AS division, row.households, row.persons
            WHERE row.leaves_division IS NULL
        UNION ALL SELECT row.change_id, row.leaves_division, -(row.counted > 0)::integer, -row.counted
            WHERE row.leaves_division IS NOT NULL
        UNION ALL SELECT row.arrival_id, row.division, (row.counted > 0)::integer, row.counted
            WHERE row.leaves_division IS NOT NULL
    ) AS side;

    PERFORM tell(p_rows, 'registry.household');
END $$;

-- Members whose membership ends with this household's change: ``departs`` go, ``successor`` stays as the new head,
-- and everybody changes division where the household moves. Everything but a departure begins again afterwards.
CREATE OR REPLACE FUNCTION members_leave(p_rows jsonb) RETURNS void LANGUAGE plpgsql
    SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    INSERT INTO membership (household_id, person_id, division, version, relation, joined_on, left_on, facts, origins)
    SELECT m.household_id, m.person_id, m.division, row.version, m.relation, m.joined_on, row.effective_on, m.facts,
        m.origins
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, version integer, effective_on date, departs uuid[],
        successor uuid, leaves_division text)
    JOIN membership m ON m.household_id = row.id AND m.superseded_at IS NULL AND m.left_on IS NULL
        AND (m.person_id = ANY(row.departs) OR m.person_id = row.successor OR row.leaves_division IS NOT NULL);

    UPDATE membership m SET superseded_at = business_now()
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, version integer, departs uuid[], successor uuid,
        leaves_division text)
    WHERE m.household_id = row.id AND m.superseded_at IS NULL AND m.left_on IS NULL
        AND (m.person_id = ANY(row.departs) OR m.person_id = row.successor OR row.leaves_division IS NOT NULL);

    INSERT INTO membership (household_id, person_id, division, version, relation, joined_on, facts, origins)
    SELECT row.id, m.person_id, row.division, row.version,
        CASE WHEN m.person_id = row.successor THEN '户主' ELSE m.relation END, row.effective_on, m.facts, m.origins
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, version integer, effective_on date,
        departs uuid[], successor uuid, leaves_division text)
    JOIN membership m ON m.household_id = row.id AND m.version = row.version AND m.left_on = row.effective_on
        AND m.superseded_at IS NULL
    WHERE m.person_id = row.successor OR (row.leaves_division IS NOT NULL AND m.person_id <> ALL(row.departs))
    ON CONFLICT (household_id, person_id, version, joined_on)
        DO UPDATE SET relation = excluded.relation, division = excluded.division, left_on = NULL;

    UPDATE person p SET division = row.division
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, version integer, leaves_division text)
    JOIN membership m ON m.household_id = row.id AND m.version = row.version AND m.left_on IS NULL
        AND m.superseded_at IS NULL
    WHERE row.leaves_division IS NOT NULL AND p.id = m.person_id;
END $$;

-- Members who join: ``joins`` is a new person with finished values, ``arrives`` are known persons who live nowhere
-- else, with what was last known of them. Each with the relation to the head.
CREATE OR REPLACE FUNCTION members_join(p_rows jsonb, p_actor text) RETURNS void LANGUAGE plpgsql
    SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    INSERT INTO person (id, division, number, name, sex, born, document_kind, identity_number, identity_masked,
        identity_index, phone, phone_masked, phone_index, recorded_by)
    SELECT m.id, row.division, m.number, m.name, m.sex, m.born, m.document_kind, m.identity_number,
        m.identity_masked, decode(m.identity_index, 'hex'), m.phone, m.phone_masked, decode(m.phone_index, 'hex'),
        p_actor
    FROM jsonb_to_recordset(p_rows) AS row(division text, joins jsonb),
        jsonb_to_record(row.joins) AS m(id uuid, number text, name text, sex text, born date, document_kind text,
            identity_number text, identity_masked text, identity_index text, phone text, phone_masked text,
            phone_index text)
    WHERE jsonb_typeof(row.joins) = 'object';

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
    CROSS JOIN LATERAL (SELECT m.facts FROM membership m WHERE m.person_id = a.id AND m.superseded_at IS NULL
        ORDER BY m.joined_on DESC LIMIT 1) AS last
    WHERE jsonb_typeof(row.arrives) = 'array';

    UPDATE person p SET division = row.division
    FROM jsonb_to_recordset(p_rows) AS row(division text, arrives jsonb),
        jsonb_to_recordset(row.arrives) AS a(id uuid)
    WHERE jsonb_typeof(row.arrives) = 'array' AND p.id = a.id AND p.division <> row.division;
END $$;
CREATE INDEX membership_of_person_then ON membership (person_id, joined_on) WHERE superseded_at IS NULL;

-- Rewrite what is believed of households (``states``) and of their members (``memberships``) without a change to
-- who is registered: each given row replaces what was believed of the same stretch of days.
CREATE FUNCTION correct_household(p_id uuid, p_row jsonb, p_actor text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO change (id, household_id, division, version, kind, reason, effective_on, households, persons,
        person_id, ground, source, evidence, before, after, captured_at, recorded_by)
    SELECT change_id, p_id, division, version, kind, reason, effective_on, 0, 0, person_id, ground, source,
        coalesce(evidence, '{}'), before, after, captured_at, p_actor
    FROM jsonb_to_record(p_row) AS row(change_id uuid, division text, version integer, kind text, reason text,
        effective_on date, person_id uuid, ground text, source text, evidence text[], before jsonb, after jsonb,
        captured_at timestamptz);

    UPDATE household_state s SET superseded_at = business_now()
    FROM jsonb_to_recordset(p_row -> 'states') AS new(replaces date)
    WHERE s.household_id = p_id AND s.superseded_at IS NULL AND s.effective_from = new.replaces;
    INSERT INTO household_state (household_id, division, version, status, size, attribute, main_cause, other_causes,
        facts, origins, effective_from, effective_to)
    SELECT p_id, division, (p_row ->> 'version')::integer, status, size, attribute, main_cause, other_causes, facts,
        origins, effective_from, effective_to
    FROM jsonb_to_recordset(p_row -> 'states') AS new(division text, status text, size integer, attribute text,
        main_cause text, other_causes text[], facts jsonb, origins jsonb, effective_from date, effective_to date);
    UPDATE household h SET attribute = s.attribute, main_cause = s.main_cause, other_causes = s.other_causes,
        facts = s.facts, origins = s.origins, version = (p_row ->> 'version')::integer
    FROM household_state s
    WHERE h.id = p_id AND s.household_id = p_id AND s.superseded_at IS NULL AND s.effective_to IS NULL;

    UPDATE membership m SET superseded_at = business_now()
    FROM jsonb_to_recordset(p_row -> 'memberships') AS new(person_id uuid, replaces date)
    WHERE m.household_id = p_id AND m.person_id = new.person_id AND m.superseded_at IS NULL
        AND m.joined_on = new.replaces;
    INSERT INTO membership (household_id, person_id, division, version, relation, joined_on, left_on, facts, origins)
    SELECT p_id, person_id, division, (p_row ->> 'version')::integer, relation, joined_on, left_on, facts, origins
    FROM jsonb_to_recordset(p_row -> 'memberships') AS new(person_id uuid, division text, relation text,
        joined_on date, left_on date, facts jsonb, origins jsonb);

    PERFORM tell(jsonb_build_array(p_row), 'registry.household');
END $$;

-- Correct who somebody is: what was believed before is kept.
CREATE FUNCTION correct_identity(p_id uuid, p_change uuid, p_row jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO identity_past (person_id, division, change_id, name, sex, born, document_kind, identity_number,
        identity_masked, identity_index)
    SELECT id, division, p_change, name, sex, born, document_kind, identity_number, identity_masked, identity_index
    FROM person WHERE id = p_id;
    UPDATE person p SET name = new.name, sex = new.sex, born = new.born, document_kind = new.document_kind,
        identity_number = new.identity_number, identity_masked = new.identity_masked,
        identity_index = decode(new.identity_index, 'hex'), phone = new.phone, phone_masked = new.phone_masked,
        phone_index = decode(new.phone_index, 'hex')
    FROM jsonb_to_record(p_row) AS new(name text, sex text, born date, document_kind text, identity_number text,
        identity_masked text, identity_index text, phone text, phone_masked text, phone_index text)
    WHERE p.id = p_id;
END $$;

-- One household with its members as finished JSON, and the note that somebody saw it. A read may lose its note in a
-- crash of the server within the same fraction of a second; it does not wait for the disk.
CREATE OR REPLACE FUNCTION read_household(p_division text, p_now timestamptz, p_caller jsonb, p_id uuid,
    OUT version integer, OUT body text) LANGUAGE plpgsql AS $$
DECLARE
    place text;
BEGIN
    PERFORM app_open(p_division, p_now), set_config('synchronous_commit', 'off', true);
    SELECT h.version, h.division, (jsonb_build_object(
        'id', h.id, 'division', h.division, 'number', h.number, 'version', h.version, 'status', h.status,
        'size', h.size, 'identified_on', h.identified_on, 'attribute', h.attribute, 'main_cause', h.main_cause,
        'other_causes', h.other_causes, 'phone', h.phone_masked, 'bank_card', h.card_masked, 'source', h.source,
        'captured_at', h.captured_at, 'recorded_at', h.recorded_at,
        'members', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                'id', p.id, 'number', p.number, 'name', p.name, 'relation', m.relation, 'sex', p.sex, 'born', p.born,
                'identity_number', p.identity_masked, 'document_kind', p.document_kind, 'phone', p.phone_masked,
                'joined_on', m.joined_on) || m.facts
                ORDER BY m.relation <> '户主', p.born, p.id)
            FROM membership m JOIN person p ON p.id = m.person_id
            WHERE m.household_id = h.id AND m.superseded_at IS NULL AND m.left_on IS NULL), '[]')
    ) || shown(h.facts))::text INTO version, place, body FROM household h WHERE h.id = p_id;
    IF body IS NOT NULL THEN
        PERFORM note(p_caller, 'read', 'household', p_id::text, place, NULL);
    END IF;
END $$;

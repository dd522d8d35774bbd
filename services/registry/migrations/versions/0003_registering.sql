-- The one way into the register and the one way to change it, each set-based over a JSON list, so that one household
-- typed in, a list of decisions and an import of a province take the same path. The lists are short and what they
-- touch is found by key, whatever the planner believes about the length of a JSON array: hence no hash joins.

-- Register households with their members. Each row carries finished values (encrypted, masked, indexed) and the
-- event that tells of it. Raises unique_violation for a number or an identity that is registered already.
CREATE FUNCTION register_households(p_rows jsonb, p_actor text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO household (id, division, number, version, status, size, identified_on, attribute, main_cause, land_mu,
        income_fen, unsafe_house, phone, phone_masked, bank_card, card_masked, source, digest, captured_at, recorded_by)
    SELECT id, division, number, 1, 'registered', jsonb_array_length(members), identified_on, attribute, main_cause,
        land_mu, income_fen, unsafe_house, phone, phone_masked, bank_card, card_masked, source, decode(digest, 'hex'),
        captured_at, p_actor
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, number text, identified_on date, attribute text,
        main_cause text, land_mu numeric, income_fen bigint, unsafe_house boolean, phone text, phone_masked text,
        bank_card text, card_masked text, source text, digest text, captured_at timestamptz, members jsonb);

    INSERT INTO person (id, division, number, name, sex, born, document_kind, identity_number, identity_masked,
        identity_index, ethnicity, education, health, labour, recorded_by)
    SELECT m.id, row.division, m.number, m.name, m.sex, m.born, m.document_kind, m.identity_number, m.identity_masked,
        decode(m.identity_index, 'hex'), m.ethnicity, m.education, m.health, m.labour, p_actor
    FROM jsonb_to_recordset(p_rows) AS row(division text, members jsonb),
        jsonb_to_recordset(row.members) AS m(id uuid, number text, name text, sex text, born date,
            document_kind text, identity_number text, identity_masked text, identity_index text, ethnicity text,
            education text, health text[], labour text);

    INSERT INTO membership (household_id, person_id, division, version, relation, joined_on)
    SELECT row.id, m.id, row.division, 1, m.relation, row.effective_on
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, effective_on date, members jsonb),
        jsonb_to_recordset(row.members) AS m(id uuid, relation text);

    INSERT INTO household_state (household_id, division, version, status, size, attribute, main_cause, land_mu,
        income_fen, unsafe_house, effective_from)
    SELECT id, division, 1, 'registered', jsonb_array_length(members), attribute, main_cause, land_mu, income_fen,
        unsafe_house, effective_on
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, attribute text, main_cause text, land_mu numeric,
        income_fen bigint, unsafe_house boolean, effective_on date, members jsonb);

    INSERT INTO change (id, household_id, division, version, kind, reason, effective_on, households, persons, ground,
        captured_at, recorded_by)
    SELECT change_id, id, division, 1, kind, reason, effective_on, 1, jsonb_array_length(members), ground,
        captured_at, p_actor
    FROM jsonb_to_recordset(p_rows) AS row(change_id uuid, id uuid, division text, kind text, reason text,
        effective_on date, ground text, captured_at timestamptz, members jsonb);

    PERFORM tell(p_rows, 'registry.household');
END $$;

-- Events of a list of rows into the outbox, in the order of the list. Always the last statement of its function.
CREATE FUNCTION tell(p_rows jsonb, p_topic text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO outbox (event_id, topic, key, type, payload, headers)
    SELECT (row ->> 'event_id')::uuid, p_topic, row ->> 'id', row ->> 'event_type',
        convert_to(row ->> 'event', 'UTF8'),
        jsonb_build_object('sequence', (row -> 'version')::integer, 'subject', row ->> 'id', 'time', business_now())
    FROM jsonb_array_elements(p_rows) WITH ORDINALITY AS list(row, position) ORDER BY position
$$;

-- Apply one change to each of a list of households that the caller has locked (each at most once a call). A row
-- says how the household is afterwards, who came or went, and what the change adds to the register's numbers.
CREATE FUNCTION apply_changes(p_rows jsonb, p_actor text) RETURNS void LANGUAGE plpgsql
    SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    UPDATE household h SET version = row.version, status = row.status, size = row.size, attribute = row.attribute,
        main_cause = row.main_cause, land_mu = row.land_mu, income_fen = row.income_fen,
        unsafe_house = row.unsafe_house
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, version integer, status text, size integer, attribute text,
        main_cause text, land_mu numeric, income_fen bigint, unsafe_house boolean)
    WHERE h.id = row.id;

    -- Valid time: the open state ends on the day of the change. Belief: the open row is superseded, never erased.
    INSERT INTO household_state (household_id, division, version, status, size, attribute, main_cause, land_mu,
        income_fen, unsafe_house, effective_from, effective_to)
    SELECT s.household_id, s.division, row.version, s.status, s.size, s.attribute, s.main_cause, s.land_mu,
        s.income_fen, s.unsafe_house, s.effective_from, row.effective_on
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, version integer, effective_on date)
    JOIN household_state s ON s.household_id = row.id AND s.superseded_at IS NULL AND s.effective_to IS NULL
        AND s.effective_from < row.effective_on;

    UPDATE household_state s SET superseded_at = business_now()
    FROM jsonb_to_recordset(p_rows) AS row(id uuid)
    WHERE s.household_id = row.id AND s.superseded_at IS NULL AND s.effective_to IS NULL;

    INSERT INTO household_state (household_id, division, version, status, size, attribute, main_cause, land_mu,
        income_fen, unsafe_house, effective_from)
    SELECT row.id, h.division, row.version, row.status, row.size, row.attribute, row.main_cause, row.land_mu,
        row.income_fen, row.unsafe_house, row.effective_on
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, version integer, status text, size integer, attribute text,
        main_cause text, land_mu numeric, income_fen bigint, unsafe_house boolean, effective_on date)
    JOIN household h ON h.id = row.id;

    PERFORM members_leave(p_rows);
    PERFORM members_join(p_rows, p_actor);

    INSERT INTO change (id, household_id, division, version, kind, reason, effective_on, households, persons,
        person_id, ground, captured_at, recorded_by)
    SELECT row.change_id, row.id, h.division, row.version, row.kind, row.reason, row.effective_on, row.households,
        row.persons, row.person_id, row.ground, row.captured_at, p_actor
    FROM jsonb_to_recordset(p_rows) AS row(change_id uuid, id uuid, version integer, kind text, reason text,
        effective_on date, households integer, persons integer, person_id uuid, ground text, captured_at timestamptz)
    JOIN household h ON h.id = row.id;

    PERFORM tell(p_rows, 'registry.household');
END $$;

-- Somebody leaves (``leaves``); where it was the head, ``successor`` becomes the head on the same day.
CREATE FUNCTION members_leave(p_rows jsonb) RETURNS void LANGUAGE plpgsql
    SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    INSERT INTO membership (household_id, person_id, division, version, relation, joined_on, left_on)
    SELECT m.household_id, m.person_id, m.division, row.version, m.relation, m.joined_on, row.effective_on
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, version integer, effective_on date, leaves uuid, successor uuid)
    JOIN membership m ON m.household_id = row.id AND m.person_id IN (row.leaves, row.successor)
        AND m.superseded_at IS NULL AND m.left_on IS NULL;

    UPDATE membership m SET superseded_at = business_now()
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, leaves uuid, successor uuid)
    WHERE m.household_id = row.id AND m.person_id IN (row.leaves, row.successor)
        AND m.superseded_at IS NULL AND m.left_on IS NULL;

    INSERT INTO membership (household_id, person_id, division, version, relation, joined_on)
    SELECT row.id, row.successor, h.division, row.version, '户主', row.effective_on
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, version integer, effective_on date, successor uuid)
    JOIN household h ON h.id = row.id WHERE row.successor IS NOT NULL
    ON CONFLICT (household_id, person_id, version, joined_on)
        DO UPDATE SET relation = '户主', left_on = NULL;
END $$;

-- Somebody joins (``joins``: a person with finished values and the relation to the head).
CREATE FUNCTION members_join(p_rows jsonb, p_actor text) RETURNS void LANGUAGE plpgsql
    SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    INSERT INTO person (id, division, number, name, sex, born, document_kind, identity_number, identity_masked,
        identity_index, ethnicity, education, health, labour, recorded_by)
    SELECT m.id, h.division, m.number, m.name, m.sex, m.born, m.document_kind, m.identity_number, m.identity_masked,
        decode(m.identity_index, 'hex'), m.ethnicity, m.education, m.health, m.labour, p_actor
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, joins jsonb)
    JOIN household h ON h.id = row.id,
        jsonb_to_record(row.joins) AS m(id uuid, number text, name text, sex text, born date, document_kind text,
            identity_number text, identity_masked text, identity_index text, ethnicity text, education text,
            health text[], labour text)
    WHERE jsonb_typeof(row.joins) = 'object';

    INSERT INTO membership (household_id, person_id, division, version, relation, joined_on)
    SELECT row.id, (row.joins ->> 'id')::uuid, h.division, row.version, row.joins ->> 'relation', row.effective_on
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, version integer, effective_on date, joins jsonb)
    JOIN household h ON h.id = row.id
    WHERE jsonb_typeof(row.joins) = 'object';
END $$;

-- Which of some keys of households and persons stand in the register, wherever they stand: somebody in one
-- township may name a person of another, whom he cannot see. Answers the keys and nothing else of them. A plan made while
-- the register was empty would read all of it for ever after: hence no sequential scans.
CREATE FUNCTION taken_keys(p_numbers text[], p_households uuid[], p_indexes bytea[], p_people text[], p_persons uuid[])
RETURNS TABLE (key text) LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp SET enable_seqscan = off AS $$
    SELECT 'number:' || number FROM household WHERE number = ANY(p_numbers)
    UNION ALL SELECT 'household:' || id FROM household WHERE id = ANY(p_households)
    UNION ALL SELECT 'identity:' || encode(identity_index, 'hex') FROM person WHERE identity_index = ANY(p_indexes)
    UNION ALL SELECT 'people:' || number FROM person WHERE number = ANY(p_people)
    UNION ALL SELECT 'person:' || id FROM person WHERE id = ANY(p_persons)
$$;

-- What was said of the households with some numbers, where the caller can see them: the digest of the registration.
-- LIMIT keeps the planner to one lookup by number each, instead of a walk through the caller's division.
CREATE FUNCTION said_of(p_numbers text[]) RETURNS TABLE (number text, digest text) LANGUAGE sql STABLE AS $$
    SELECT one.number, encode(one.digest, 'hex') FROM unnest(p_numbers) AS asked(number)
    CROSS JOIN LATERAL (SELECT h.number, h.digest FROM household h WHERE h.number = asked.number LIMIT 1) AS one
$$;

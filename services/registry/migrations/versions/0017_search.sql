-- Finding 查找: names by their grams, lists by their filters, labels. Operators of pg_trgm are not leakproof, so under
-- row-level security they could use no index; equality and ranges of text are.

ALTER TABLE person ADD grams text[] NOT NULL DEFAULT '{}';

-- Who is kept under a gram of his name, in the order of lists. Written by the triggers on person alone.
CREATE TABLE person_gram (
    gram      text COLLATE "C" NOT NULL,
    division  text COLLATE "C" NOT NULL,
    person_id uuid NOT NULL,
    PRIMARY KEY (gram, division, person_id)
);

CREATE FUNCTION keep_grams() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO person_gram (gram, division, person_id)
    SELECT gram, p.division, p.id FROM arrived p, unnest(p.grams) AS gram ORDER BY 1, 2, 3;
    RETURN NULL;
END $$;
CREATE TRIGGER grams_kept AFTER INSERT ON person REFERENCING NEW TABLE AS arrived
    FOR EACH STATEMENT EXECUTE FUNCTION keep_grams();

CREATE FUNCTION move_grams() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM person_gram g
        WHERE g.gram = ANY(OLD.grams) AND g.division = OLD.division AND g.person_id = OLD.id;
    INSERT INTO person_gram (gram, division, person_id)
        SELECT gram, NEW.division, NEW.id FROM unnest(NEW.grams) AS gram;
    RETURN NULL;
END $$;
CREATE TRIGGER grams_moved AFTER UPDATE OF grams, division ON person FOR EACH ROW
    WHEN (OLD.grams IS DISTINCT FROM NEW.grams OR OLD.division <> NEW.division) EXECUTE FUNCTION move_grams();

-- What lists are filtered by, each in the order of the list: a filter that few households meet reads few rows.
ALTER TABLE household
    ADD identified_year integer GENERATED ALWAYS AS (extract(year FROM identified_on)::integer) STORED,
    ADD unsafe_house boolean GENERATED ALWAYS AS (facts ->> 'unsafe_house' = 'true') STORED;
CREATE INDEX household_by_status ON household (status, division, id);
CREATE INDEX household_by_cause ON household (main_cause, division, id);
CREATE INDEX household_by_attribute ON household (attribute, division, id);
CREATE INDEX household_by_year ON household (identified_year, division, id);
CREATE INDEX household_by_size ON household (size, division, id);
CREATE INDEX household_unsafe ON household (division, id) WHERE unsafe_house;

-- Labels 标签 on households, from a day to a day (exclusive).
CREATE TABLE household_label (
    id           uuid PRIMARY KEY,
    household_id uuid NOT NULL REFERENCES household,
    division     text COLLATE "C" NOT NULL,
    label        text COLLATE "C" NOT NULL,
    begins_on    date NOT NULL,
    ends_on      date CHECK (ends_on >= begins_on),
    ground       text,
    end_id       uuid UNIQUE,
    end_ground   text,
    recorded_at  timestamptz NOT NULL DEFAULT business_now(),
    recorded_by  text NOT NULL,
    ended_at     timestamptz,
    ended_by     text
);
CREATE UNIQUE INDEX household_label_open ON household_label (household_id, label) WHERE ends_on IS NULL;
CREATE INDEX household_by_label ON household_label (label, division, household_id) WHERE ends_on IS NULL;
CREATE INDEX household_label_by_division ON household_label (division, household_id, id);

CREATE FUNCTION move_labels() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE household_label SET division = NEW.division WHERE household_id = NEW.id AND ends_on IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER labels_moved AFTER UPDATE OF division ON household FOR EACH ROW
    WHEN (OLD.division <> NEW.division) EXECUTE FUNCTION move_labels();

-- Two persons of whom somebody looked whether they are one 疑似重复核查.
CREATE TABLE duplicate_decision (
    id          uuid PRIMARY KEY,
    person_id   uuid NOT NULL REFERENCES person,
    other_id    uuid NOT NULL REFERENCES person CHECK (other_id > person_id),
    division    text COLLATE "C" NOT NULL,
    verdict     text NOT NULL CHECK (verdict IN ('same', 'different')),
    ground      text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    recorded_by text NOT NULL
);
CREATE UNIQUE INDEX duplicate_decision_of ON duplicate_decision (person_id, other_id);
CREATE INDEX duplicate_decision_by_division ON duplicate_decision (division, id);
CREATE INDEX person_old_number ON person (division, id) WHERE document_kind = 'old15';

-- As they were, with the grams of a person's name.
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
        identity_index, phone, phone_masked, phone_index, grams, recorded_by)
    SELECT m.id, row.division, m.number, m.name, m.sex, m.born, m.document_kind, m.identity_number, m.identity_masked,
        decode(m.identity_index, 'hex'), m.phone, m.phone_masked, decode(m.phone_index, 'hex'),
        coalesce(m.grams, '{}'), p_actor
    FROM jsonb_to_recordset(p_rows) AS row(division text, members jsonb),
        jsonb_to_recordset(row.members) AS m(id uuid, number text, name text, sex text, born date,
            document_kind text, identity_number text, identity_masked text, identity_index text, phone text,
            phone_masked text, phone_index text, grams text[]);

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

CREATE OR REPLACE FUNCTION members_join(p_rows jsonb, p_actor text) RETURNS void LANGUAGE plpgsql
    SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    INSERT INTO person (id, division, number, name, sex, born, document_kind, identity_number, identity_masked,
        identity_index, phone, phone_masked, phone_index, grams, recorded_by)
    SELECT m.id, row.division, m.number, m.name, m.sex, m.born, m.document_kind, m.identity_number,
        m.identity_masked, decode(m.identity_index, 'hex'), m.phone, m.phone_masked, decode(m.phone_index, 'hex'),
        coalesce(m.grams, '{}'), p_actor
    FROM jsonb_to_recordset(p_rows) AS row(division text, joins jsonb),
        jsonb_to_record(row.joins) AS m(id uuid, number text, name text, sex text, born date, document_kind text,
            identity_number text, identity_masked text, identity_index text, phone text, phone_masked text,
            phone_index text, grams text[])
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

CREATE OR REPLACE FUNCTION correct_identity(p_id uuid, p_change uuid, p_row jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO identity_past (person_id, division, change_id, name, sex, born, document_kind, identity_number,
        identity_masked, identity_index)
    SELECT id, division, p_change, name, sex, born, document_kind, identity_number, identity_masked, identity_index
    FROM person WHERE id = p_id;
    UPDATE person p SET name = new.name, sex = new.sex, born = new.born, document_kind = new.document_kind,
        identity_number = new.identity_number, identity_masked = new.identity_masked,
        identity_index = decode(new.identity_index, 'hex'), phone = new.phone, phone_masked = new.phone_masked,
        phone_index = decode(new.phone_index, 'hex'), grams = coalesce(new.grams, p.grams)
    FROM jsonb_to_record(p_row) AS new(name text, sex text, born date, document_kind text, identity_number text,
        identity_masked text, identity_index text, phone text, phone_masked text, phone_index text,
        grams text[])
    WHERE p.id = p_id;
END $$;

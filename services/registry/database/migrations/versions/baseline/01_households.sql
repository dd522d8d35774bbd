-- A household 户 as it is now: the aggregate's head, locked by whoever changes it. ``version`` is the sequence of
-- its last event, ``digest`` the keyed digest of what it was registered with (the same again is "unchanged").
-- Masked forms stand beside encrypted ones, so that reading never decrypts.
CREATE TABLE household (
    id              uuid PRIMARY KEY,
    division        text COLLATE "C" NOT NULL,
    number          text NOT NULL UNIQUE,
    version         integer NOT NULL CHECK (version > 0),
    status          text NOT NULL CHECK (status IN ('registered', 'removed', 'exited')),
    size            integer NOT NULL CHECK (size >= 0),
    identified_on   date NOT NULL,
    attribute       text NOT NULL,
    main_cause      text NOT NULL,
    phone           text,
    phone_masked    text,
    bank_card       text,
    card_masked     text,
    source          text NOT NULL,
    digest          bytea NOT NULL,
    captured_at     timestamptz,
    recorded_at     timestamptz NOT NULL DEFAULT business_now(),
    recorded_by     text NOT NULL,
    other_causes    text[] NOT NULL DEFAULT '{}',
    facts           jsonb NOT NULL DEFAULT '{}',
    origins         jsonb NOT NULL DEFAULT '{}',
    phone_index     bytea,
    identified_year integer GENERATED ALWAYS AS ((EXTRACT(year FROM identified_on))::integer) STORED,
    unsafe_house    boolean GENERATED ALWAYS AS (((facts ->> 'unsafe_house'::text) = 'true'::text)) STORED
);
CREATE INDEX household_by_division ON household (division, id);
CREATE INDEX household_by_phone ON household (phone_index) WHERE phone_index IS NOT NULL;
CREATE INDEX household_by_status ON household (status, division, id);
CREATE INDEX household_by_cause ON household (main_cause, division, id);
CREATE INDEX household_by_attribute ON household (attribute, division, id);
CREATE INDEX household_by_year ON household (identified_year, division, id);
CREATE INDEX household_by_size ON household (size, division, id);
CREATE INDEX household_unsafe ON household (division, id) WHERE unsafe_house;
CREATE INDEX household_removed ON household (division, id) WHERE status = 'removed';
CREATE TRIGGER labels_moved AFTER UPDATE OF division ON household
    FOR EACH ROW WHEN (OLD.division <> NEW.division) EXECUTE FUNCTION move_labels();
SELECT pg_temp.within_division('household');

-- A person 人: an entity of its own. The identity number is encrypted; its keyed index finds it again.
CREATE TABLE person (
    id              uuid PRIMARY KEY,
    division        text COLLATE "C" NOT NULL,
    number          text UNIQUE,
    name            text NOT NULL,
    sex             text NOT NULL CHECK (sex IN ('男', '女')),
    born            date NOT NULL,
    document_kind   text NOT NULL,
    identity_number text,
    identity_masked text,
    identity_index  bytea,
    recorded_at     timestamptz NOT NULL DEFAULT business_now(),
    recorded_by     text NOT NULL,
    phone           text,
    phone_masked    text,
    phone_index     bytea,
    grams           text[] NOT NULL DEFAULT '{}'
);
CREATE UNIQUE INDEX person_by_identity ON person (identity_index) WHERE identity_index IS NOT NULL;
CREATE INDEX person_by_division ON person (division, id);
CREATE INDEX person_by_phone ON person (phone_index) WHERE phone_index IS NOT NULL;
-- Persons whose number is no checked one. A checked one stands once in the whole register, by its index.
CREATE INDEX person_unchecked ON person (born, identity_masked) WHERE identity_index IS NULL;
CREATE INDEX person_unchecked_by_division ON person (division) WHERE identity_index IS NULL;
CREATE INDEX person_old_number ON person (division, id) WHERE document_kind = 'old15';
CREATE TRIGGER grams_kept AFTER INSERT ON person REFERENCING NEW TABLE AS arrived
    FOR EACH STATEMENT EXECUTE FUNCTION keep_grams();
CREATE TRIGGER grams_moved AFTER UPDATE OF grams, division ON person
    FOR EACH ROW WHEN (OLD.grams IS DISTINCT FROM NEW.grams OR OLD.division <> NEW.division)
    EXECUTE FUNCTION move_grams();
SELECT pg_temp.within_division('person');

-- Who lives in which household, when (valid time: joined_on, left_on exclusive), and since when and until when that
-- was believed (recorded_at, superseded_at). Corrections supersede a row, they never erase it.
CREATE TABLE membership (
    household_id  uuid NOT NULL REFERENCES household(id),
    person_id     uuid NOT NULL REFERENCES person(id),
    division      text COLLATE "C" NOT NULL,
    version       integer NOT NULL,
    relation      text NOT NULL,
    joined_on     date NOT NULL,
    left_on       date,
    recorded_at   timestamptz NOT NULL DEFAULT business_now(),
    superseded_at timestamptz,
    facts         jsonb NOT NULL DEFAULT '{}',
    origins       jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (household_id, person_id, version, joined_on),
    CONSTRAINT membership_check CHECK (left_on >= joined_on)
);
-- One open membership a person, one head a household.
CREATE UNIQUE INDEX membership_of_person ON membership (person_id) WHERE superseded_at IS NULL AND left_on IS NULL;
CREATE UNIQUE INDEX membership_head ON membership (household_id)
    WHERE ((relation = '户主') AND (superseded_at IS NULL) AND (left_on IS NULL));
CREATE INDEX membership_by_household ON membership (household_id) WHERE superseded_at IS NULL;
CREATE INDEX membership_by_division ON membership (division, household_id);
CREATE INDEX membership_of_person_then ON membership (person_id, joined_on) WHERE superseded_at IS NULL;
SELECT pg_temp.within_division('membership');

-- What was true of a household from a day to a day (exclusive, NULL = still), and when that was believed.
CREATE TABLE household_state (
    household_id   uuid NOT NULL REFERENCES household(id),
    division       text COLLATE "C" NOT NULL,
    version        integer NOT NULL,
    status         text NOT NULL,
    size           integer NOT NULL,
    attribute      text NOT NULL,
    main_cause     text NOT NULL,
    effective_from date NOT NULL,
    effective_to   date,
    recorded_at    timestamptz NOT NULL DEFAULT business_now(),
    superseded_at  timestamptz,
    other_causes   text[] NOT NULL DEFAULT '{}',
    facts          jsonb NOT NULL DEFAULT '{}',
    origins        jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (household_id, version, effective_from),
    CONSTRAINT household_state_check CHECK (effective_to > effective_from)
);
CREATE UNIQUE INDEX household_state_open ON household_state (household_id)
    WHERE superseded_at IS NULL AND effective_to IS NULL;
CREATE INDEX household_state_by_division ON household_state (division, household_id, effective_from);
SELECT pg_temp.within_division('household_state');

-- Who is kept under a gram of his name, in the order of lists. Written by the triggers on person alone.
CREATE TABLE person_gram (
    gram      text COLLATE "C" NOT NULL,
    division  text COLLATE "C" NOT NULL,
    person_id uuid NOT NULL,
    PRIMARY KEY (gram, division, person_id)
);
SELECT pg_temp.within_division('person_gram', 'SELECT, INSERT, DELETE');

-- The register 建档立卡: divisions, households, persons, memberships, and every change to them.

-- Administrative divisions 行政区划 as they are and were; public, so not confined.
CREATE TABLE division (
    code        text COLLATE "C" NOT NULL CHECK (code ~ '^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$'),
    name        text NOT NULL,
    valid_from  date NOT NULL,
    valid_to    date CHECK (valid_to > valid_from),
    invented    boolean NOT NULL DEFAULT false,
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    recorded_by text NOT NULL,
    PRIMARY KEY (code, valid_from)
);

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
    land_mu         numeric(9, 2) CHECK (land_mu >= 0),
    income_fen      bigint,
    unsafe_house    boolean NOT NULL,
    phone           text,
    phone_masked    text,
    bank_card       text,
    card_masked     text,
    source          text NOT NULL,
    digest          bytea NOT NULL,
    captured_at     timestamptz,
    recorded_at     timestamptz NOT NULL DEFAULT business_now(),
    recorded_by     text NOT NULL
);
CREATE INDEX household_by_division ON household (division, id);

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
    ethnicity       text,
    education       text,
    health          text[] NOT NULL DEFAULT '{}',
    labour          text,
    recorded_at     timestamptz NOT NULL DEFAULT business_now(),
    recorded_by     text NOT NULL
);
CREATE UNIQUE INDEX person_by_identity ON person (identity_index) WHERE identity_index IS NOT NULL;
CREATE INDEX person_by_division ON person (division, id);

-- Who lives in which household, when (valid time: joined_on, left_on exclusive), and since when and until when that
-- was believed (recorded_at, superseded_at). Corrections supersede a row, they never erase it.
CREATE TABLE membership (
    household_id  uuid NOT NULL REFERENCES household,
    person_id     uuid NOT NULL REFERENCES person,
    division      text COLLATE "C" NOT NULL,
    version       integer NOT NULL,
    relation      text NOT NULL,
    joined_on     date NOT NULL,
    left_on       date CHECK (left_on >= joined_on),
    recorded_at   timestamptz NOT NULL DEFAULT business_now(),
    superseded_at timestamptz,
    PRIMARY KEY (household_id, person_id, version, joined_on)
);
-- One open membership a person, one head a household.
CREATE UNIQUE INDEX membership_of_person ON membership (person_id) WHERE superseded_at IS NULL AND left_on IS NULL;
CREATE UNIQUE INDEX membership_head ON membership (household_id)
    WHERE relation = '户主' AND superseded_at IS NULL AND left_on IS NULL;
CREATE INDEX membership_by_household ON membership (household_id) WHERE superseded_at IS NULL;
CREATE INDEX membership_by_division ON membership (division, household_id);

-- What was true of a household from a day to a day (exclusive, NULL = still), and when that was believed.
CREATE TABLE household_state (
    household_id   uuid NOT NULL REFERENCES household,
    division       text COLLATE "C" NOT NULL,
    version        integer NOT NULL,
    status         text NOT NULL,
    size           integer NOT NULL,
    attribute      text NOT NULL,
    main_cause     text NOT NULL,
    land_mu        numeric(9, 2),
    income_fen     bigint,
    unsafe_house   boolean NOT NULL,
    effective_from date NOT NULL,
    effective_to   date CHECK (effective_to > effective_from),
    recorded_at    timestamptz NOT NULL DEFAULT business_now(),
    superseded_at  timestamptz,
    PRIMARY KEY (household_id, version, effective_from)
);
CREATE UNIQUE INDEX household_state_open ON household_state (household_id)
    WHERE superseded_at IS NULL AND effective_to IS NULL;
CREATE INDEX household_state_by_division ON household_state (division, household_id, effective_from);

-- Every change to the register 动态调整, one line each, never altered: what it adds to the number of registered
-- households and persons, on which day, for which reason, and when it was recorded. Openings, closings and the
-- bridges between them are sums over these lines.
CREATE TABLE change (
    id           uuid PRIMARY KEY,
    household_id uuid NOT NULL REFERENCES household,
    division     text COLLATE "C" NOT NULL,
    version      integer NOT NULL,
    kind         text NOT NULL,
    reason       text NOT NULL,
    effective_on date NOT NULL,
    households   integer NOT NULL CHECK (households BETWEEN -1 AND 1),
    persons      integer NOT NULL,
    person_id    uuid REFERENCES person,
    ground       text,
    captured_at  timestamptz,
    recorded_at  timestamptz NOT NULL DEFAULT business_now(),
    recorded_by  text NOT NULL
);
CREATE INDEX change_by_household ON change (household_id, version);
CREATE INDEX change_by_division ON change (division, effective_on) INCLUDE (recorded_at, reason, households, persons);

-- The moment at which a county closed a year: openings and closings count what was known then.
CREATE TABLE year_close (
    division  text COLLATE "C" NOT NULL,
    year      integer NOT NULL,
    closed_at timestamptz NOT NULL DEFAULT business_now(),
    closed_by text NOT NULL,
    PRIMARY KEY (division, year)
);

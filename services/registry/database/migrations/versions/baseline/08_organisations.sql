-- An organisation 单位. ``division`` is where it works or helps (a provincial department that helps a county stands in
-- that county), ``level`` where it belongs (隶属关系: province, city, county, town, village).
CREATE TABLE organisation (
    id          uuid PRIMARY KEY,
    division    text COLLATE "C" NOT NULL,
    level       text NOT NULL CHECK (level IN ('province', 'city', 'county', 'town', 'village')),
    kind        text NOT NULL,
    name        text NOT NULL,
    invented    boolean NOT NULL DEFAULT false,
    valid_from  date NOT NULL,
    valid_to    date,
    version     integer NOT NULL DEFAULT 1,
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    recorded_by text NOT NULL,
    CONSTRAINT organisation_check CHECK (valid_to > valid_from)
);
CREATE INDEX organisation_by_division ON organisation (division, id);
CREATE UNIQUE INDEX organisation_by_name ON organisation (division, name) WHERE valid_to IS NULL;
SELECT pg_temp.within_division('organisation');

-- Somebody who works there 干部职工. ``subject`` is the subject of that person's token. The identity number is
-- indexed like those of registered persons, so that a helper who is poor himself is seen.
CREATE TABLE staff (
    id              uuid PRIMARY KEY,
    division        text COLLATE "C" NOT NULL,
    organisation_id uuid NOT NULL REFERENCES organisation(id),
    name            text NOT NULL,
    post            text NOT NULL,
    rank            text NOT NULL,
    subject         text,
    phone           text,
    phone_masked    text,
    phone_index     bytea,
    identity_number text,
    identity_masked text,
    identity_index  bytea,
    joined_on       date NOT NULL,
    left_on         date,
    version         integer NOT NULL DEFAULT 1,
    recorded_at     timestamptz NOT NULL DEFAULT business_now(),
    recorded_by     text NOT NULL,
    CONSTRAINT staff_check CHECK (left_on > joined_on)
);
CREATE INDEX staff_by_division ON staff (division, id);
CREATE INDEX staff_by_organisation ON staff (organisation_id, id);
CREATE INDEX staff_by_phone ON staff (phone_index) WHERE phone_index IS NOT NULL;
CREATE UNIQUE INDEX staff_by_subject ON staff (subject) WHERE subject IS NOT NULL;
CREATE UNIQUE INDEX staff_by_identity ON staff (identity_index) WHERE identity_index IS NOT NULL;
SELECT pg_temp.within_division('staff');

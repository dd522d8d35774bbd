-- Who is responsible 帮扶责任: organisations, their people, and what they have in charge, each with its days
-- (from inclusive, to exclusive).

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
    valid_to    date CHECK (valid_to > valid_from),
    version     integer NOT NULL DEFAULT 1,
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    recorded_by text NOT NULL
);
CREATE INDEX organisation_by_division ON organisation (division, id);
CREATE UNIQUE INDEX organisation_by_name ON organisation (division, name) WHERE valid_to IS NULL;

-- Somebody who works there 干部职工. ``subject`` is the subject of that person's token. The identity number is
-- indexed like those of registered persons, so that a helper who is poor himself is seen.
CREATE TABLE staff (
    id              uuid PRIMARY KEY,
    division        text COLLATE "C" NOT NULL,
    organisation_id uuid NOT NULL REFERENCES organisation,
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
    left_on         date CHECK (left_on > joined_on),
    version         integer NOT NULL DEFAULT 1,
    recorded_at     timestamptz NOT NULL DEFAULT business_now(),
    recorded_by     text NOT NULL
);
CREATE INDEX staff_by_division ON staff (division, id);
CREATE INDEX staff_by_organisation ON staff (organisation_id, id);
CREATE INDEX staff_by_phone ON staff (phone_index) WHERE phone_index IS NOT NULL;
CREATE UNIQUE INDEX staff_by_subject ON staff (subject) WHERE subject IS NOT NULL;
CREATE UNIQUE INDEX staff_by_identity ON staff (identity_index) WHERE identity_index IS NOT NULL;

-- What somebody has in charge 包保、驻村、结对: an organisation a village, a person a village or a household.
-- ``division`` is the village's, so that the village sees its own; names, rank and subject stand here as on the day
-- of the assignment, because the village does not see the county's staff. ``most`` is the limit that applied.
CREATE TABLE responsibility (
    id              uuid PRIMARY KEY,
    division        text COLLATE "C" NOT NULL,
    role            text NOT NULL,
    household_id    uuid REFERENCES household,
    organisation_id uuid NOT NULL REFERENCES organisation,
    organisation    text NOT NULL,
    level           text NOT NULL,
    staff_id        uuid REFERENCES staff,
    name            text,
    rank            text,
    subject         text,
    started_on      date NOT NULL,
    ended_on        date CHECK (ended_on > started_on),
    follows         uuid REFERENCES responsibility,
    note            text,
    ended_note      text,
    most            integer,
    policies        jsonb NOT NULL DEFAULT '[]',
    version         integer NOT NULL DEFAULT 1,
    recorded_at     timestamptz NOT NULL DEFAULT business_now(),
    recorded_by     text NOT NULL,
    CHECK ((role = 'helper') = (household_id IS NOT NULL)),
    CHECK ((role = 'department') = (staff_id IS NULL))
);
CREATE INDEX responsibility_by_division ON responsibility (division, id);
CREATE INDEX responsibility_by_household ON responsibility (household_id, started_on) WHERE household_id IS NOT NULL;
CREATE INDEX responsibility_by_staff ON responsibility (staff_id) WHERE staff_id IS NOT NULL;
CREATE INDEX responsibility_by_department ON responsibility (organisation_id) WHERE role = 'department';
CREATE INDEX responsibility_of_village ON responsibility (division, role) WHERE household_id IS NULL;
-- The same pair once at a time; one secretary, one first secretary, one team leader a village.
CREATE UNIQUE INDEX responsibility_helper ON responsibility (staff_id, household_id)
    WHERE role = 'helper' AND ended_on IS NULL;
CREATE UNIQUE INDEX responsibility_department ON responsibility (organisation_id, division)
    WHERE role = 'department' AND ended_on IS NULL;
CREATE UNIQUE INDEX responsibility_post ON responsibility (staff_id, division, role)
    WHERE household_id IS NULL AND staff_id IS NOT NULL AND ended_on IS NULL;
CREATE UNIQUE INDEX responsibility_single ON responsibility (division, role)
    WHERE role IN ('village_secretary', 'first_secretary', 'team_leader') AND ended_on IS NULL;

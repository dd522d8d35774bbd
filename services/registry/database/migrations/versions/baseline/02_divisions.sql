-- Administrative divisions 行政区划 as they are and were; public, so not confined.
CREATE TABLE division (
    code        text COLLATE "C" NOT NULL CHECK (code ~ '^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$'::text),
    name        text NOT NULL,
    valid_from  date NOT NULL,
    valid_to    date,
    invented    boolean NOT NULL DEFAULT false,
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    recorded_by text NOT NULL,
    PRIMARY KEY (code, valid_from),
    CONSTRAINT division_check CHECK (valid_to > valid_from)
);
SELECT pg_temp.granted('division', 'SELECT, INSERT, UPDATE');

-- Public, like the list of divisions. A division that goes on under its own code has no line here. ``whole``: a
-- village all of whose households go along.
CREATE TABLE division_lineage (
    redivision_id uuid NOT NULL,
    from_code     text COLLATE "C" NOT NULL,
    to_code       text COLLATE "C" NOT NULL,
    day           date NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('merged', 'split')),
    whole         boolean NOT NULL,
    recorded_at   timestamptz NOT NULL DEFAULT business_now(),
    recorded_by   text NOT NULL,
    PRIMARY KEY (from_code, to_code, day)
);
CREATE INDEX division_lineage_to ON division_lineage (to_code, day);
CREATE INDEX division_lineage_of ON division_lineage (redivision_id);
SELECT pg_temp.granted('division_lineage', 'SELECT, INSERT');
SELECT pg_temp.append_only('division_lineage');

-- ``said`` is the request, to know it again.
CREATE TABLE redivision (
    id          uuid PRIMARY KEY,
    division    text COLLATE "C" NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('merged', 'split')),
    day         date NOT NULL,
    ground      text NOT NULL,
    said        jsonb NOT NULL,
    moved       integer NOT NULL DEFAULT 0,
    finished_at timestamptz,
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    recorded_by text NOT NULL
);
CREATE INDEX redivision_by_division ON redivision (division, id);
SELECT pg_temp.within_division('redivision');

-- In a split somebody says of each household where it goes.
CREATE TABLE redivision_household (
    redivision_id uuid NOT NULL REFERENCES redivision(id),
    household_id  uuid NOT NULL REFERENCES household(id),
    division      text COLLATE "C" NOT NULL,
    to_code       text COLLATE "C" NOT NULL,
    moved_at      timestamptz,
    PRIMARY KEY (redivision_id, household_id)
);
CREATE INDEX redivision_household_waiting ON redivision_household (redivision_id, household_id)
    WHERE moved_at IS NULL;
SELECT pg_temp.within_division('redivision_household');

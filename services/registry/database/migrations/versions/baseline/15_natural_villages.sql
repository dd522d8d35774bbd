-- There is no national code; 15 digits (the village and three more) are in use where there is one.
CREATE TABLE natural_village (
    id          uuid PRIMARY KEY,
    division    text COLLATE "C" NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('natural_village', 'group')),
    code        text COLLATE "C" CHECK (code ~ '^\d{15}$'::text),
    name        text NOT NULL,
    valid_from  date NOT NULL,
    valid_to    date,
    source      text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    recorded_by text NOT NULL,
    CONSTRAINT natural_village_check CHECK (valid_to > valid_from)
);
CREATE INDEX natural_village_by_division ON natural_village (division, id);
CREATE UNIQUE INDEX natural_village_code ON natural_village (code) WHERE valid_to IS NULL;
SELECT pg_temp.within_division('natural_village');

-- Totals as they were stated for a year. A later statement supersedes the one before and does not erase it.
CREATE TABLE natural_village_total (
    natural_village_id uuid NOT NULL REFERENCES natural_village(id),
    division           text COLLATE "C" NOT NULL,
    year               integer NOT NULL,
    item               text NOT NULL,
    value              integer NOT NULL CHECK (value >= 0),
    source             text NOT NULL,
    recorded_at        timestamptz NOT NULL DEFAULT business_now(),
    recorded_by        text NOT NULL,
    superseded_at      timestamptz
);
CREATE UNIQUE INDEX natural_village_total_now ON natural_village_total (natural_village_id, year, item)
    WHERE superseded_at IS NULL;
CREATE INDEX natural_village_total_by_division ON natural_village_total (division, natural_village_id);
SELECT pg_temp.within_division('natural_village_total');

-- In which natural village or group a household lives, from a day to a day (exclusive). ``ended_by`` is the change by
-- which the household moved away.
CREATE TABLE household_place (
    household_id       uuid NOT NULL REFERENCES household(id),
    natural_village_id uuid NOT NULL REFERENCES natural_village(id),
    division           text COLLATE "C" NOT NULL,
    valid_from         date NOT NULL,
    valid_to           date,
    ended_by           uuid,
    recorded_at        timestamptz NOT NULL DEFAULT business_now(),
    recorded_by        text NOT NULL,
    PRIMARY KEY (household_id, valid_from),
    CONSTRAINT household_place_check CHECK (valid_to > valid_from)
);
CREATE UNIQUE INDEX household_place_open ON household_place (household_id) WHERE valid_to IS NULL;
CREATE INDEX household_place_by_village ON household_place (natural_village_id, household_id);
CREATE INDEX household_place_by_division ON household_place (division, household_id);
SELECT pg_temp.within_division('household_place', 'SELECT, INSERT, UPDATE, DELETE');

-- Registered households as the registry publishes them: what another service has to know of each.
CREATE TABLE household (
    id            uuid PRIMARY KEY,
    division      text COLLATE "C" NOT NULL,
    number        text NOT NULL,
    status        text NOT NULL,
    identified_on date NOT NULL,
    size          integer NOT NULL,
    attribute     text NOT NULL,
    members       jsonb NOT NULL,
    sequence      integer NOT NULL
);
CREATE INDEX household_by_division ON household (division, id);
SELECT pg_temp.within_division('household');

-- Households that came out of one another (split, merged), each pair both ways, with the last day on which it happened.
CREATE TABLE household_kin (
    household_id uuid NOT NULL,
    kin_id       uuid NOT NULL,
    since        date NOT NULL,
    PRIMARY KEY (household_id, kin_id)
);
SELECT pg_temp.granted('household_kin', 'SELECT, INSERT, UPDATE');

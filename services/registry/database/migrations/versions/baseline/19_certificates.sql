-- Household certificates 户有证. What one says is kept as it was when it was issued; a new one supersedes it. ``code``
-- is printed as a QR code: random, so nobody finds one by trying, and it leads to nothing but whether the paper stands.
CREATE TABLE certificate (
    id            uuid PRIMARY KEY,
    division      text COLLATE "C" NOT NULL,
    household_id  uuid NOT NULL REFERENCES household(id),
    serial        text COLLATE "C" NOT NULL UNIQUE,
    code          uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    issued_on     date NOT NULL,
    content       jsonb NOT NULL,
    reason        text NOT NULL,
    superseded_at timestamptz,
    recorded_at   timestamptz NOT NULL DEFAULT business_now(),
    recorded_by   text NOT NULL
);
CREATE UNIQUE INDEX certificate_of_household ON certificate (household_id, division) WHERE superseded_at IS NULL;
CREATE INDEX certificate_by_household ON certificate (household_id, division, id);
CREATE INDEX certificate_by_division ON certificate (division, id);
CREATE INDEX certificate_by_serial ON certificate (division, serial);
SELECT pg_temp.within_division('certificate', 'SELECT, INSERT, UPDATE (superseded_at)');

-- The last number given in a village and year.
CREATE TABLE certificate_serial (
    division text COLLATE "C" NOT NULL,
    year     integer NOT NULL,
    last     integer NOT NULL,
    PRIMARY KEY (division, year)
);
SELECT pg_temp.within_division('certificate_serial');

-- What a county's year said when it was closed, row by row, and the hash that seals it.

CREATE TABLE year_statistic (
    division   text COLLATE "C" NOT NULL,
    year       integer NOT NULL,
    line       text NOT NULL CHECK (line IN ('opening', 'bridge', 'closing')),
    kind       text COLLATE "C" NOT NULL,
    reason     text COLLATE "C" NOT NULL,
    late       boolean NOT NULL,
    changes    integer NOT NULL,
    households integer NOT NULL,
    persons    integer NOT NULL,
    PRIMARY KEY (division, year, line, kind, reason, late)
);

-- ``sha256`` is over the rows in a fixed order and over ``previous``, the seal of the year before.
CREATE TABLE year_seal (
    division text COLLATE "C" NOT NULL,
    year     integer NOT NULL,
    rows     integer NOT NULL,
    previous bytea,
    sha256   bytea NOT NULL CHECK (length(sha256) = 32),
    PRIMARY KEY (division, year),
    FOREIGN KEY (division, year) REFERENCES year_close
);

-- A close and the changes around it take turns: who changes the register holds the lock together with others, who
-- closes a year holds it alone. What began before a close and comes after it is told to begin again (the edge does),
-- so that it is recorded after the close and not before it.
CREATE FUNCTION lock_year_close() RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtext('year_close'))
$$;
CREATE FUNCTION after_every_close() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('year_close'));
    IF EXISTS (SELECT FROM year_close WHERE closed_at > business_now()) THEN
        RAISE EXCEPTION 'a year was closed meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER after_every_close BEFORE INSERT ON change FOR EACH STATEMENT EXECUTE FUNCTION after_every_close();

-- Everything that year statistics sum up stands in the index.
DROP INDEX change_by_division;
CREATE INDEX change_by_division ON change (division, effective_on)
    INCLUDE (recorded_at, kind, reason, households, persons);

-- The moment at which a county closed a year: openings and closings count what was known then.
CREATE TABLE year_close (
    division  text COLLATE "C" NOT NULL,
    year      integer NOT NULL,
    closed_at timestamptz NOT NULL DEFAULT business_now(),
    closed_by text NOT NULL,
    PRIMARY KEY (division, year)
);
SELECT pg_temp.within_division('year_close', 'SELECT, INSERT');
-- Towns and villages count with their county's closes.
SELECT pg_temp.seen_from_below('year_close');
SELECT pg_temp.append_only('year_close');

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
SELECT pg_temp.within_division('year_statistic', 'SELECT, INSERT');
SELECT pg_temp.append_only('year_statistic');

-- ``sha256`` is over the rows in a fixed order and over ``previous``, the seal of the year before.
CREATE TABLE year_seal (
    division text COLLATE "C" NOT NULL,
    year     integer NOT NULL,
    rows     integer NOT NULL,
    previous bytea,
    sha256   bytea NOT NULL CHECK (length(sha256) = 32),
    PRIMARY KEY (division, year),
    FOREIGN KEY (division, year) REFERENCES year_close(division, year)
);
SELECT pg_temp.within_division('year_seal', 'SELECT, INSERT');
SELECT pg_temp.seen_from_below('year_seal');
SELECT pg_temp.append_only('year_seal');

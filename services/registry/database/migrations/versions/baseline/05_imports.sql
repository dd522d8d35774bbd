-- Imports of register files 批量导入, each of one data_file under the same id. What is new in a file waits until another
-- person releases it: ``level`` is the lowest that may, ``due_on`` the day by which, ``kept_until`` when the file goes.
CREATE TABLE import (
    id         uuid PRIMARY KEY REFERENCES data_file(id),
    job_id     uuid NOT NULL,
    division   text COLLATE "C" NOT NULL,
    mode       text NOT NULL CHECK (mode IN ('all_or_nothing', 'accept_good')),
    preview    boolean NOT NULL DEFAULT false,
    first_load boolean NOT NULL DEFAULT false,
    language   text NOT NULL DEFAULT 'zh' CHECK (language IN ('zh', 'en')),
    given      jsonb NOT NULL DEFAULT '{}',
    layout     text,
    unknown    text[] NOT NULL DEFAULT '{}',
    not_kept   text[] NOT NULL DEFAULT '{}',
    apart      jsonb NOT NULL DEFAULT '{}',
    twice      text[],
    created    integer NOT NULL DEFAULT 0,
    unchanged  integer NOT NULL DEFAULT 0,
    corrected  integer NOT NULL DEFAULT 0,
    rejected   integer NOT NULL DEFAULT 0,
    persons    integer NOT NULL DEFAULT 0,
    marked     uuid,
    kept_until timestamptz NOT NULL,
    level      text CHECK (level IN ('village', 'town', 'county')),
    asked_by   text,
    asked_at   timestamptz,
    due_on     date,
    decision   text CHECK (decision IN ('released', 'refused')),
    decided_by text,
    decided_at timestamptz,
    ground     text,
    CHECK (num_nulls(asked_by, asked_at, due_on) IN (0, 3)),
    CHECK (num_nulls(decision, decided_by, decided_at, ground) IN (0, 4)),
    CHECK (decision IS NULL OR asked_by IS NOT NULL)
);
CREATE INDEX import_by_division ON import (division, id);
CREATE INDEX import_waits ON import (due_on, id) WHERE asked_by IS NOT NULL AND decision IS NULL;
SELECT pg_temp.within_division('import');

-- Of the keys of households and persons (numbers, identity indexes, ids) that may stand twice in a file (``twice``), those
-- that the check has met.
CREATE TABLE import_seen (
    import_id uuid NOT NULL REFERENCES import(id),
    division  text COLLATE "C" NOT NULL,
    value     text NOT NULL,
    PRIMARY KEY (import_id, value)
);
SELECT pg_temp.within_division('import_seen', 'SELECT, INSERT, DELETE');

-- New households as the register takes them, kept by the check for the load and sealed like the file; ``line`` is the
-- first of the first, ``against`` a digest of what they were checked against (see imports/ready.py).
CREATE TABLE import_ready (
    import_id uuid NOT NULL REFERENCES import(id),
    division  text COLLATE "C" NOT NULL,
    line      integer NOT NULL,
    against   text NOT NULL,
    content   text NOT NULL,
    PRIMARY KEY (import_id, line)
);
SELECT pg_temp.within_division('import_ready', 'SELECT, INSERT, DELETE');

-- What became of each line: one letter a line from ``line`` on (see imports/records.py).
CREATE TABLE import_outcome (
    import_id uuid NOT NULL REFERENCES import(id),
    division  text COLLATE "C" NOT NULL,
    line      integer NOT NULL,
    letters   text NOT NULL,
    PRIMARY KEY (import_id, line)
);
SELECT pg_temp.within_division('import_outcome', 'SELECT, INSERT, UPDATE, DELETE');

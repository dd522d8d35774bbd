-- Imports of register files 批量导入, each of one data_file under the same id.
CREATE TABLE import (
    id        uuid PRIMARY KEY REFERENCES data_file(id),
    job_id    uuid NOT NULL,
    division  text COLLATE "C" NOT NULL,
    mode      text NOT NULL CHECK (mode IN ('all_or_nothing', 'accept_good')),
    preview   boolean NOT NULL DEFAULT false,
    given     jsonb NOT NULL DEFAULT '{}',
    layout    text,
    unknown   text[] NOT NULL DEFAULT '{}',
    not_kept  text[] NOT NULL DEFAULT '{}',
    created   integer NOT NULL DEFAULT 0,
    unchanged integer NOT NULL DEFAULT 0,
    corrected integer NOT NULL DEFAULT 0,
    rejected  integer NOT NULL DEFAULT 0,
    persons   integer NOT NULL DEFAULT 0,
    marked    uuid
);
CREATE INDEX import_by_division ON import (division, id);
SELECT pg_temp.within_division('import');

-- Keys of households and persons (numbers, identity indexes, ids) that an all-or-nothing check has met, to find them twice in a file.
CREATE TABLE import_seen (
    import_id uuid NOT NULL REFERENCES import(id),
    division  text COLLATE "C" NOT NULL,
    value     text NOT NULL,
    PRIMARY KEY (import_id, value)
);
SELECT pg_temp.within_division('import_seen', 'SELECT, INSERT, DELETE');

-- What became of each line: one letter a line from ``line`` on (see imports/records.py).
CREATE TABLE import_outcome (
    import_id uuid NOT NULL REFERENCES import(id),
    division  text COLLATE "C" NOT NULL,
    line      integer NOT NULL,
    letters   text NOT NULL,
    PRIMARY KEY (import_id, line)
);
SELECT pg_temp.within_division('import_outcome', 'SELECT, INSERT, UPDATE, DELETE');

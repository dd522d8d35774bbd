-- Files that are being imported 批量导入. Their content is personal, so it is kept encrypted, and only until the end.
CREATE TABLE import (
    id           uuid PRIMARY KEY,
    division     text COLLATE "C" NOT NULL,
    mode         text NOT NULL CHECK (mode IN ('all_or_nothing', 'accept_good')),
    sha256       bytea NOT NULL,
    bytes        bigint NOT NULL,
    columns      text[] NOT NULL,
    created      integer NOT NULL DEFAULT 0,
    unchanged    integer NOT NULL DEFAULT 0,
    rejected     integer NOT NULL DEFAULT 0,
    persons      integer NOT NULL DEFAULT 0,
    recorded_at  timestamptz NOT NULL DEFAULT business_now(),
    recorded_by  text NOT NULL,
    job_id       uuid NOT NULL,
    kind         text NOT NULL DEFAULT 'csv' CHECK (kind IN ('csv', 'workbook')),
    preview      boolean NOT NULL DEFAULT false,
    header_line  integer NOT NULL DEFAULT 1,
    layout       text,
    unknown      text[] NOT NULL DEFAULT '{}',
    not_kept     text[] NOT NULL DEFAULT '{}',
    given        jsonb NOT NULL DEFAULT '{}',
    sent         uuid,
    marked       uuid,
    forgotten_at timestamptz,
    corrected    integer NOT NULL DEFAULT 0
);
CREATE INDEX import_by_division ON import (division, id);
SELECT pg_temp.within_division('import');

CREATE TABLE file_chunk (
    file_id  uuid NOT NULL,
    division text COLLATE "C" NOT NULL,
    position integer NOT NULL,
    content  text NOT NULL,
    PRIMARY KEY (file_id, "position")
);
SELECT pg_temp.within_division('file_chunk', 'SELECT, INSERT, DELETE');

-- What is wrong, by line of the file and column; no values, which may be somebody's number.
CREATE TABLE import_error (
    import_id uuid NOT NULL REFERENCES import(id),
    division  text COLLATE "C" NOT NULL,
    line      integer NOT NULL,
    field     text NOT NULL,
    rule      text NOT NULL,
    zh        text NOT NULL,
    en        text NOT NULL
);
CREATE INDEX import_error_by_line ON import_error (import_id, line, field, rule);
SELECT pg_temp.within_division('import_error', 'SELECT, INSERT, DELETE');

-- Keys of households and persons (numbers, identity indexes, ids) that an all-or-nothing check has met, to find them twice in a file.
CREATE TABLE import_seen (
    import_id uuid NOT NULL REFERENCES import(id),
    division  text COLLATE "C" NOT NULL,
    value     text NOT NULL,
    PRIMARY KEY (import_id, value)
);
SELECT pg_temp.within_division('import_seen', 'SELECT, INSERT, DELETE');

-- What became of each line: one letter a line from ``line`` on (see imports/outcomes.py).
CREATE TABLE import_outcome (
    import_id uuid NOT NULL REFERENCES import(id),
    division  text COLLATE "C" NOT NULL,
    line      integer NOT NULL,
    letters   text NOT NULL,
    PRIMARY KEY (import_id, line)
);
SELECT pg_temp.within_division('import_outcome', 'SELECT, INSERT, UPDATE, DELETE');

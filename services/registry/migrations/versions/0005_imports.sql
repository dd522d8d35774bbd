-- Files that are being imported 批量导入. Their content is personal, so it is kept encrypted, and only until the end.
CREATE TABLE import (
    id          uuid PRIMARY KEY,
    division    text COLLATE "C" NOT NULL,
    mode        text NOT NULL CHECK (mode IN ('all_or_nothing', 'accept_good')),
    sha256      bytea NOT NULL,
    bytes       bigint NOT NULL,
    columns     text[] NOT NULL,
    created     integer NOT NULL DEFAULT 0,
    unchanged   integer NOT NULL DEFAULT 0,
    rejected    integer NOT NULL DEFAULT 0,
    persons     integer NOT NULL DEFAULT 0,
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    recorded_by text NOT NULL
);
CREATE INDEX import_by_division ON import (division, id);

CREATE TABLE import_chunk (
    import_id uuid NOT NULL REFERENCES import,
    division  text COLLATE "C" NOT NULL,
    position  integer NOT NULL,
    content   text NOT NULL,
    PRIMARY KEY (import_id, position)
);

-- What is wrong, by line of the file and column; no values, which may be somebody's number.
CREATE TABLE import_error (
    import_id uuid NOT NULL REFERENCES import,
    division  text COLLATE "C" NOT NULL,
    line      integer NOT NULL,
    field     text NOT NULL,
    rule      text NOT NULL,
    zh        text NOT NULL,
    en        text NOT NULL
);
CREATE INDEX import_error_by_line ON import_error (import_id, line, field, rule);

-- Keys of households and persons (numbers, identity indexes, ids) that an all-or-nothing check has met, to find them twice in a file.
CREATE TABLE import_seen (
    import_id uuid NOT NULL REFERENCES import,
    division  text COLLATE "C" NOT NULL,
    value     text NOT NULL,
    PRIMARY KEY (import_id, value)
);

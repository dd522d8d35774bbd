-- A table that was sent as a file. Its content is personal, so it is kept encrypted, and only for a while. ``bytes`` and
-- the tables are those of its text, which came in an encoding with a separator; of a workbook that is not opened yet there
-- is no text, and ``sent`` is the workbook.
CREATE TABLE data_file (
    id           uuid PRIMARY KEY,
    division     text COLLATE "C" NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('csv', 'workbook')),
    sha256       bytea NOT NULL,
    bytes        bigint NOT NULL,
    tables       jsonb NOT NULL DEFAULT '[]',
    encoding     text,
    separator    text,
    sent         uuid,
    recorded_at  timestamptz NOT NULL DEFAULT business_now(),
    recorded_by  text NOT NULL,
    forgotten_at timestamptz
);
CREATE INDEX data_file_by_division ON data_file (division, id);
SELECT pg_temp.within_division('data_file');

-- Pieces of files that came or are to be fetched.
CREATE TABLE file_chunk (
    file_id  uuid NOT NULL,
    division text COLLATE "C" NOT NULL,
    position integer NOT NULL,
    content  text NOT NULL,
    PRIMARY KEY (file_id, "position")
);
SELECT pg_temp.within_division('file_chunk', 'SELECT, INSERT, DELETE');

-- What is wrong in a file, by line and column; no values, which may be somebody's number.
CREATE TABLE file_mistake (
    file_id  uuid NOT NULL REFERENCES data_file(id),
    division text COLLATE "C" NOT NULL,
    line     integer NOT NULL,
    field    text NOT NULL,
    rule     text NOT NULL,
    zh       text NOT NULL,
    en       text NOT NULL
);
CREATE INDEX file_mistake_by_line ON file_mistake (file_id, line, field, rule);
SELECT pg_temp.within_division('file_mistake', 'SELECT, INSERT, DELETE');

-- What whoever sent a file has to know of it: what was not read and why, by sheet and row; no values.
CREATE TABLE file_remark (
    file_id  uuid NOT NULL REFERENCES data_file(id),
    division text COLLATE "C" NOT NULL,
    line     integer NOT NULL,
    lines    integer NOT NULL,
    rule     text NOT NULL,
    zh       text NOT NULL,
    en       text NOT NULL,
    sheet    text
);
CREATE INDEX file_remark_by_file ON file_remark (file_id, sheet, line);
SELECT pg_temp.within_division('file_remark', 'SELECT, INSERT, DELETE');

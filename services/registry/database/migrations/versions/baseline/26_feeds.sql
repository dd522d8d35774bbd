-- A record of a department about a person, every version of it; the current one is not superseded. The identity
-- number is not kept, neither plain nor encrypted: its keyed index matches, its masked form is for people. A record
-- belongs to the county that it was delivered to, so townships see doubts and never the feeds.
CREATE TABLE feed_record (
    record_id       uuid NOT NULL,
    division        text COLLATE "C" NOT NULL CHECK (division ~ '^\d{6}$'::text),
    feed            text NOT NULL,
    record_no       text NOT NULL,
    version         integer NOT NULL CHECK (version > 0),
    name            text NOT NULL,
    pinyin          text,
    born            date,
    village         text COLLATE "C",
    document_kind   text NOT NULL,
    identity_masked text,
    identity_index  bytea,
    details         jsonb NOT NULL,
    from_on         date,
    ended_on        date,
    digest          bytea NOT NULL,
    source          text NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT business_now(),
    recorded_by     text NOT NULL,
    superseded_at   timestamptz,
    PRIMARY KEY (record_id, version)
);
CREATE UNIQUE INDEX feed_record_current ON feed_record (division, feed, record_no) WHERE superseded_at IS NULL;
CREATE INDEX feed_record_by_identity ON feed_record (identity_index)
    WHERE superseded_at IS NULL AND identity_index IS NOT NULL;
SELECT pg_temp.within_division('feed_record');

-- A file of records, which is one data_file under the same id.
CREATE TABLE feed_file (
    id            uuid PRIMARY KEY REFERENCES data_file(id),
    division      text COLLATE "C" NOT NULL,
    feed          text NOT NULL,
    fresh         integer NOT NULL DEFAULT 0,
    renewed       integer NOT NULL DEFAULT 0,
    unchanged     integer NOT NULL DEFAULT 0,
    late          integer NOT NULL DEFAULT 0,
    contradicting integer NOT NULL DEFAULT 0,
    rejected      integer NOT NULL DEFAULT 0
);
CREATE INDEX feed_file_by_division ON feed_file (division, id);
SELECT pg_temp.within_division('feed_file');

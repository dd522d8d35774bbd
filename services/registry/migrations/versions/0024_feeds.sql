-- Department feeds 部门数据: vehicles, housing, business, payroll, deaths, allowance, disability, insurance.

-- A record of a department about a person, every version of it; the current one is not superseded. The identity
-- number is not kept, neither plain nor encrypted: its keyed index matches, its masked form is for people. A record
-- belongs to the county that it was delivered to, so townships see doubts and never the feeds.
CREATE TABLE feed_record (
    record_id       uuid NOT NULL,
    division        text COLLATE "C" NOT NULL CHECK (division ~ '^\d{6}$'),
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

-- A file of records: its content is personal, so it is kept encrypted, and only until it is read.
CREATE TABLE feed_file (
    id            uuid PRIMARY KEY,
    division      text COLLATE "C" NOT NULL,
    feed          text NOT NULL,
    sha256        bytea NOT NULL,
    bytes         bigint NOT NULL,
    columns       text[] NOT NULL,
    fresh         integer NOT NULL DEFAULT 0,
    renewed       integer NOT NULL DEFAULT 0,
    unchanged     integer NOT NULL DEFAULT 0,
    late          integer NOT NULL DEFAULT 0,
    contradicting integer NOT NULL DEFAULT 0,
    rejected      integer NOT NULL DEFAULT 0,
    recorded_at   timestamptz NOT NULL DEFAULT business_now(),
    recorded_by   text NOT NULL
);
CREATE INDEX feed_file_by_division ON feed_file (division, id);

CREATE TABLE feed_chunk (
    file_id  uuid NOT NULL REFERENCES feed_file,
    division text COLLATE "C" NOT NULL,
    position integer NOT NULL,
    content  text NOT NULL,
    PRIMARY KEY (file_id, position)
);

-- What is wrong, by line and column; no values, which may be somebody's number.
CREATE TABLE feed_error (
    file_id  uuid NOT NULL REFERENCES feed_file,
    division text COLLATE "C" NOT NULL,
    line     integer NOT NULL,
    field    text NOT NULL,
    rule     text NOT NULL,
    zh       text NOT NULL,
    en       text NOT NULL
);
CREATE INDEX feed_error_by_line ON feed_error (file_id, line, field, rule);

-- A run of rules over a division. It shares its id with its job; ``results`` counts by rule what matched and was new.
CREATE TABLE screening (
    id          uuid PRIMARY KEY,
    division    text COLLATE "C" NOT NULL,
    rules       text[] NOT NULL,
    results     jsonb NOT NULL DEFAULT '{}',
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    recorded_by text NOT NULL
);
CREATE INDEX screening_by_division ON screening (division, id);

-- Keep records of one feed of one county, each record_no at most once a call. A higher version supersedes, a lower one
-- is late, the same again changes nothing, the same version with other content is left out and counted. A plan made while the feed was empty
-- would read all of it for ever after: hence a new plan each time and no sequential scans.
CREATE FUNCTION keep_records(p_division text, p_feed text, p_rows jsonb, p_source text, p_actor text,
    OUT fresh integer, OUT renewed integer, OUT unchanged integer, OUT late integer, OUT contradicting integer)
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    news jsonb;
    older uuid[];
BEGIN
    -- Deliveries of the same feed follow each other, so that what one compares with stays as it is.
    PERFORM pg_advisory_xact_lock(hashtextextended('feed ' || p_division || ' ' || p_feed, 0));
    SELECT count(*) FILTER (WHERE c.version IS NULL), count(*) FILTER (WHERE r.version > c.version),
        count(*) FILTER (WHERE r.version = c.version AND decode(r.digest, 'hex') = c.digest),
        count(*) FILTER (WHERE r.version < c.version),
        count(*) FILTER (WHERE r.version = c.version AND decode(r.digest, 'hex') <> c.digest),
        jsonb_agg(r.row || jsonb_build_object('record_id', coalesce(c.record_id, uuidv7())))
            FILTER (WHERE c.version IS NULL OR r.version > c.version),
        array_agg(c.record_id) FILTER (WHERE r.version > c.version)
    INTO fresh, renewed, unchanged, late, contradicting, news, older
    FROM (SELECT list.row, list.row ->> 'record_no' AS record_no, (list.row ->> 'version')::integer AS version,
            list.row ->> 'digest' AS digest FROM jsonb_array_elements(p_rows) AS list(row)) AS r
    -- LIMIT keeps the planner to one lookup a record, whatever it believes about the feed's size.
    LEFT JOIN LATERAL (SELECT k.record_id, k.version, k.digest FROM feed_record k
        WHERE k.division = p_division AND k.feed = p_feed AND k.record_no = r.record_no AND k.superseded_at IS NULL
        LIMIT 1) AS c ON true;

    UPDATE feed_record SET superseded_at = business_now() WHERE record_id = ANY(older) AND superseded_at IS NULL;

    INSERT INTO feed_record (record_id, division, feed, record_no, version, name, pinyin, born, village,
        document_kind, identity_masked, identity_index, details, from_on, ended_on, digest, source, recorded_by)
    SELECT record_id, p_division, p_feed, record_no, version, name, pinyin, born, village, document_kind,
        identity_masked, decode(identity_index, 'hex'), details, from_on, ended_on, decode(digest, 'hex'), p_source,
        p_actor
    FROM jsonb_to_recordset(news) AS row(record_id uuid, record_no text, version integer, name text, pinyin text,
        born date, village text, document_kind text, identity_masked text, identity_index text, details jsonb,
        from_on date, ended_on date, digest text);
END $$;

-- County archives 县有档案: an index of documents that are kept as objects, and one hash over it.
CREATE TABLE archive (
    id              uuid PRIMARY KEY,
    division        text COLLATE "C" NOT NULL,
    as_of           date NOT NULL,
    known_at        timestamptz NOT NULL,
    certificates_of text[] NOT NULL,
    entries         integer,
    bytes           bigint,
    root            text,
    completed_at    timestamptz,
    recorded_at     timestamptz NOT NULL DEFAULT business_now(),
    recorded_by     text NOT NULL
);
CREATE INDEX archive_by_division ON archive (division, id);
CREATE TRIGGER complete_is_final BEFORE DELETE OR UPDATE ON archive
    FOR EACH ROW WHEN (OLD.root IS NOT NULL) EXECUTE FUNCTION complete_archive_is_final();
SELECT pg_temp.within_division('archive', 'SELECT, INSERT, UPDATE (entries, bytes, root, completed_at)');

CREATE TABLE archive_entry (
    archive_id  uuid NOT NULL REFERENCES archive(id),
    division    text COLLATE "C" NOT NULL,
    path        text COLLATE "C" NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('certificates', 'village_register', 'township_ledger', 'notices', 'steps',
        'attachments', 'index')),
    subject     text NOT NULL,
    sha256      text COLLATE "C" NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'::text),
    size        bigint NOT NULL,
    pages       integer,
    rows        integer NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    PRIMARY KEY (archive_id, path)
);
CREATE INDEX archive_entry_by_division ON archive_entry (division, archive_id, path);
SELECT pg_temp.within_division('archive_entry', 'SELECT, INSERT');
SELECT pg_temp.append_only('archive_entry');

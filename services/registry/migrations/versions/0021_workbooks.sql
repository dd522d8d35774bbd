-- Files of the register in encrypted pieces, until they are forgotten: what was sent, its text, what comes back.
ALTER TABLE import_chunk RENAME TO file_chunk;
ALTER TABLE file_chunk RENAME COLUMN import_id TO file_id;
ALTER TABLE file_chunk DROP CONSTRAINT import_chunk_import_id_fkey;
ALTER INDEX import_chunk_pkey RENAME TO file_chunk_pkey;

-- ``job_id`` is the job that works on it now: its own, or that of the load after a preview. ``sent`` is the workbook
-- that came, ``marked`` the file that goes back. ``given`` says what lines mean where they say nothing.
ALTER TABLE import ADD job_id uuid, ADD kind text NOT NULL DEFAULT 'csv' CHECK (kind IN ('csv', 'workbook')),
    ADD preview boolean NOT NULL DEFAULT false, ADD header_line integer NOT NULL DEFAULT 1,
    ADD layout text, ADD unknown text[] NOT NULL DEFAULT '{}', ADD not_kept text[] NOT NULL DEFAULT '{}',
    ADD given jsonb NOT NULL DEFAULT '{}', ADD sent uuid, ADD marked uuid, ADD forgotten_at timestamptz;
UPDATE import SET job_id = id;
ALTER TABLE import ALTER job_id SET NOT NULL;

-- What became of each line: one letter a line from ``line`` on (see imports/outcomes.py).
CREATE TABLE import_outcome (
    import_id uuid NOT NULL REFERENCES import,
    division  text COLLATE "C" NOT NULL,
    line      integer NOT NULL,
    letters   text NOT NULL,
    PRIMARY KEY (import_id, line)
);

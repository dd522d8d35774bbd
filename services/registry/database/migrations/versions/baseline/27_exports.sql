-- Exports of a division's register. One with plain numbers is asked for by one person and released by another.
-- The row stays when the file is forgotten: it is the record of what left the register.
CREATE TABLE export (
    id           uuid PRIMARY KEY,
    division     text COLLATE "C" NOT NULL,
    layout       text NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('workbook', 'csv')),
    status       text NOT NULL CHECK (status IN ('registered', 'exited')),
    plain        boolean NOT NULL,
    reason       text NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT business_now(),
    requested_by text NOT NULL,
    decision     text CHECK (decision IN ('released', 'refused')),
    decided_at   timestamptz,
    decided_by   text,
    ground       text,
    job_id       uuid,
    file         uuid,
    sha256       text,
    households   integer,
    persons      integer,
    forgotten_at timestamptz,
    CONSTRAINT export_check CHECK ((NOT plain) OR (job_id IS NULL) OR (decision = 'released'::text)),
    CONSTRAINT export_check1 CHECK (decided_by IS DISTINCT FROM requested_by)
);
CREATE INDEX export_by_division ON export (division, id);
CREATE INDEX export_waiting ON export (division, id) WHERE plain AND decision IS NULL;
SELECT pg_temp.within_division('export');

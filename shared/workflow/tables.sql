-- A batch 批次: cases that are taken in together (a plan list), or that a town or a county decides together, with the
-- seed by which its spot checks are drawn: chance of its own, for a client chooses the ids of cases and batches.
CREATE TABLE case_batch (
    id       uuid PRIMARY KEY,
    division text COLLATE "C" NOT NULL,
    step     text NOT NULL,
    percent  integer NOT NULL CHECK (percent BETWEEN 0 AND 100),
    seed     text NOT NULL DEFAULT gen_random_uuid()::text,
    drawn_on date NOT NULL,
    drawn_by text NOT NULL
);
SELECT pg_temp.within_division('case_batch');

-- A case 办理事项: how one subject goes through a procedure, by the version that was in force when it was opened.
-- ``position`` is the step that is to be done, ``step`` and ``level`` are NULL when nothing is left to do. ``secret``
-- is what is to be recorded of persons, encrypted, and only until the decision; ``facts`` what the kind keeps beside.
-- ``office`` is the division of those who opened it, ``office_roles`` theirs. While a notice hangs, ``next_step``,
-- ``next_level`` and ``next_due_on`` are what is due when it has run out. ``asked`` is a keyed digest of what was sent to
-- open it, by which the same is told from a second content under one id. ``lapsed``: what it was about has ended.
CREATE TABLE case_file (
    id           uuid PRIMARY KEY,
    division     text COLLATE "C" NOT NULL,
    procedure    text NOT NULL,
    outcome      text NOT NULL,
    subject_kind text NOT NULL,
    subject_id   uuid NOT NULL,
    name         text NOT NULL,
    born         date,
    size         integer,
    category     text NOT NULL,
    secret       text,
    facts        jsonb NOT NULL DEFAULT '{}',
    ground       text NOT NULL,
    steps        jsonb NOT NULL,
    policies     jsonb NOT NULL,
    status       text NOT NULL CHECK (status IN ('open', 'approved', 'refused', 'withdrawn', 'lapsed')),
    position     integer NOT NULL,
    step         text,
    level        text,
    since        date NOT NULL,
    due_on       date NOT NULL,
    notice_id    uuid REFERENCES notice,
    notice_from  date,
    notice_until date CHECK (notice_until > notice_from),
    batch_id     uuid,
    not_before   date,
    reasons      jsonb NOT NULL DEFAULT '[]',
    captured_at  timestamptz,
    asked        bytea NOT NULL,
    opened_by    text NOT NULL,
    opened_on    date NOT NULL,
    office       text COLLATE "C" NOT NULL,
    office_roles text[] NOT NULL,
    decided_by   text,
    decided_on   date,
    version      integer NOT NULL DEFAULT 1,
    next_step    text,
    next_level   text,
    next_due_on  date,
    CHECK (notice_until IS NULL OR next_step IS NOT NULL AND next_level IS NOT NULL AND next_due_on IS NOT NULL)
);
CREATE UNIQUE INDEX case_of_subject ON case_file (subject_id) WHERE status = 'open';
CREATE INDEX case_by_subject ON case_file (subject_id);
CREATE INDEX case_by_due ON case_file (due_on, id);
CREATE INDEX case_by_division ON case_file (division, id);
CREATE INDEX case_on_notice ON case_file (notice_until) WHERE notice_until IS NOT NULL;
CREATE TRIGGER cites AFTER INSERT OR UPDATE OF facts ON case_file
    FOR EACH ROW WHEN (NEW.facts <> '{}') EXECUTE FUNCTION cite('facts');
SELECT pg_temp.within_division('case_file');

-- What was recorded at a step, by whom. ``void``: the case was sent back and the step has to be done again.
CREATE TABLE case_step (
    id          uuid PRIMARY KEY,
    case_id     uuid NOT NULL REFERENCES case_file,
    division    text COLLATE "C" NOT NULL,
    position    integer NOT NULL,
    step        text NOT NULL,
    part        text NOT NULL DEFAULT '',
    record      jsonb NOT NULL,
    done_on     date NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    recorded_by text NOT NULL,
    void        boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX case_step_once ON case_step (case_id, position, part) WHERE NOT void;
CREATE INDEX case_step_of_case ON case_step (case_id);
CREATE TRIGGER cites AFTER INSERT ON case_step FOR EACH ROW EXECUTE FUNCTION cite('record');
SELECT pg_temp.within_division('case_step');

-- Which cases are in a batch, and which of them were checked on the spot. ``dropped``: sent back meanwhile.
CREATE TABLE case_batch_member (
    batch_id   uuid NOT NULL REFERENCES case_batch,
    case_id    uuid NOT NULL REFERENCES case_file,
    division   text COLLATE "C" NOT NULL,
    checked_on date,
    checked_by text,
    confirmed  boolean,
    finding    text,
    dropped    boolean NOT NULL DEFAULT false,
    PRIMARY KEY (batch_id, case_id)
);
SELECT pg_temp.within_division('case_batch_member');

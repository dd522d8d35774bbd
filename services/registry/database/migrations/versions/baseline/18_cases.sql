-- A case 识别办理: how one household is identified, taken in, cleared out or marked as fallen back, by the procedure
-- that was in force when it was opened. ``position`` is the step that is to be done, ``step`` and ``level`` are NULL
-- when nothing is left to do. ``content`` is what is to be registered, encrypted, and only until the decision.
CREATE TABLE case_file (
    id           uuid PRIMARY KEY,
    division     text COLLATE "C" NOT NULL,
    procedure    text NOT NULL CHECK (procedure IN ('identification', 'inclusion', 'return', 'removal')),
    outcome      text NOT NULL CHECK (outcome IN ('new_entry', 'restoration', 'return', 'removal')),
    household_id uuid NOT NULL,
    content      text,
    head_name    text NOT NULL,
    head_born    date NOT NULL,
    size         integer NOT NULL,
    category     text NOT NULL,
    ground       text NOT NULL,
    steps        jsonb NOT NULL,
    policies     jsonb NOT NULL,
    status       text NOT NULL CHECK (status IN ('open', 'approved', 'refused')),
    position     integer NOT NULL,
    step         text,
    level        text,
    since        date NOT NULL,
    due_on       date NOT NULL,
    notice_id    uuid REFERENCES notice(id),
    notice_from  date,
    notice_until date,
    list_id      uuid,
    not_before   date,
    reasons      jsonb NOT NULL DEFAULT '[]',
    captured_at  timestamptz,
    opened_by    text NOT NULL,
    opened_on    date NOT NULL,
    decided_by   text,
    decided_on   date,
    version      integer NOT NULL DEFAULT 1,
    CONSTRAINT case_file_check CHECK (notice_until > notice_from)
);
CREATE UNIQUE INDEX case_of_household ON case_file (household_id) WHERE status = 'open';
CREATE INDEX case_by_household ON case_file (household_id);
CREATE INDEX case_by_due ON case_file (due_on, id);
CREATE INDEX case_by_division ON case_file (division, id);
CREATE INDEX case_on_notice ON case_file (notice_until) WHERE notice_until IS NOT NULL;
SELECT pg_temp.within_division('case_file');

-- What was recorded at a step, by whom. ``void``: the case was sent back and the step has to be done again.
CREATE TABLE case_step (
    id          uuid PRIMARY KEY,
    case_id     uuid NOT NULL REFERENCES case_file(id),
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
CREATE UNIQUE INDEX case_step_once ON case_step (case_id, "position", part) WHERE NOT void;
CREATE INDEX case_step_of_case ON case_step (case_id);
CREATE TRIGGER cites AFTER INSERT ON case_step
    FOR EACH ROW EXECUTE FUNCTION cite('record');
SELECT pg_temp.within_division('case_step');

-- A list 批次 that a town or a county decides together, and which of its cases were checked on the spot. ``dropped``:
-- the case was sent back meanwhile.
CREATE TABLE case_list (
    id       uuid PRIMARY KEY,
    division text COLLATE "C" NOT NULL,
    step     text NOT NULL,
    percent  integer NOT NULL CHECK ((percent >= 0) AND (percent <= 100)),
    drawn_on date NOT NULL,
    drawn_by text NOT NULL,
    seed     text NOT NULL DEFAULT (gen_random_uuid())::text
);
SELECT pg_temp.within_division('case_list');

CREATE TABLE case_list_member (
    list_id    uuid NOT NULL REFERENCES case_list(id),
    case_id    uuid NOT NULL REFERENCES case_file(id),
    division   text COLLATE "C" NOT NULL,
    checked_on date,
    checked_by text,
    confirmed  boolean,
    finding    text,
    dropped    boolean NOT NULL DEFAULT false,
    PRIMARY KEY (list_id, case_id)
);
SELECT pg_temp.within_division('case_list_member');

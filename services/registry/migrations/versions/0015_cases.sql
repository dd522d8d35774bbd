-- A public notice 公示 as it was posted: its rows are frozen and hold nothing but the columns that may be shown.
-- It runs from starts_on to the end of the day before ends_on.
CREATE TABLE notice (
    id          uuid PRIMARY KEY,
    division    text COLLATE "C" NOT NULL,
    kind        text NOT NULL,
    title       text NOT NULL,
    columns     text[] NOT NULL,
    rows        jsonb NOT NULL,
    case_ids    uuid[] NOT NULL DEFAULT '{}',
    starts_on   date NOT NULL,
    ends_on     date NOT NULL CHECK (ends_on > starts_on),
    place       text NOT NULL,
    photos      text[] NOT NULL DEFAULT '{}',
    line        text NOT NULL,
    policies    jsonb NOT NULL,
    posted_by   text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    version     integer NOT NULL DEFAULT 1
);
CREATE INDEX notice_by_division ON notice (division, id);

-- What somebody says against a notice 异议; against which of its cases, where it is about cases. Who said it may stay
-- unsaid.
CREATE TABLE objection (
    id          uuid PRIMARY KEY,
    notice_id   uuid NOT NULL REFERENCES notice,
    case_id     uuid,
    division    text COLLATE "C" NOT NULL,
    content     text NOT NULL,
    objector    text,
    raised_on   date NOT NULL,
    recorded_by text NOT NULL,
    upheld      boolean,
    answer      text,
    answered_by text,
    answered_on date
);
CREATE INDEX objection_of_notice ON objection (notice_id, id);
CREATE INDEX objection_of_case ON objection (case_id);

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
    notice_id    uuid REFERENCES notice,
    notice_from  date,
    notice_until date CHECK (notice_until > notice_from),
    list_id      uuid,
    not_before   date,
    reasons      jsonb NOT NULL DEFAULT '[]',
    captured_at  timestamptz,
    opened_by    text NOT NULL,
    opened_on    date NOT NULL,
    decided_by   text,
    decided_on   date,
    version      integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX case_of_household ON case_file (household_id) WHERE status = 'open';
CREATE INDEX case_by_household ON case_file (household_id);
CREATE INDEX case_by_due ON case_file (due_on, id);
CREATE INDEX case_by_division ON case_file (division, id);
CREATE INDEX case_on_notice ON case_file (notice_until) WHERE notice_until IS NOT NULL;

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

-- A list 批次 that a town or a county decides together, and which of its cases were checked on the spot. ``dropped``:
-- the case was sent back meanwhile.
CREATE TABLE case_list (
    id       uuid PRIMARY KEY,
    division text COLLATE "C" NOT NULL,
    step     text NOT NULL,
    percent  integer NOT NULL CHECK (percent BETWEEN 0 AND 100),
    drawn_on date NOT NULL,
    drawn_by text NOT NULL
);
CREATE TABLE case_list_member (
    list_id    uuid NOT NULL REFERENCES case_list,
    case_id    uuid NOT NULL REFERENCES case_file,
    division   text COLLATE "C" NOT NULL,
    checked_on date,
    checked_by text,
    confirmed  boolean,
    finding    text,
    dropped    boolean NOT NULL DEFAULT false,
    PRIMARY KEY (list_id, case_id)
);

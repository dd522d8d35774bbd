-- A list of the national system held against the register 月度核对, a file of which nothing is kept but what differs.
-- ``division`` is the place that the list covers, ``covers`` whether it names who left poverty too; it is compared as
-- of the day of the list. A newer list of the same place takes its place (``superseded_by``).
CREATE TABLE reconciliation (
    id            uuid PRIMARY KEY REFERENCES data_file(id),
    division      text COLLATE "C" NOT NULL,
    a_line        text CHECK (a_line IN ('person', 'household')),
    layout        text,
    unknown       text[] NOT NULL DEFAULT '{}',
    covers        text NOT NULL CHECK (covers IN ('all', 'registered')),
    given         jsonb NOT NULL,
    as_of         date NOT NULL,
    apart         jsonb NOT NULL DEFAULT '{}',
    households    integer NOT NULL DEFAULT 0,
    persons       integer NOT NULL DEFAULT 0,
    same          integer NOT NULL DEFAULT 0,
    unread        integer NOT NULL DEFAULT 0,
    due_on        date NOT NULL,
    kept_until    timestamptz NOT NULL,
    compared_at   timestamptz,
    superseded_by uuid,
    counted       jsonb,
    recorded_at   timestamptz NOT NULL DEFAULT business_now(),
    recorded_by   text NOT NULL
);
CREATE INDEX reconciliation_by_division ON reconciliation (division, id);
SELECT pg_temp.within_division('reconciliation');
-- A list comes for a county and is worked through in its towns.
SELECT pg_temp.seen_from_below('reconciliation');

-- The numbers of households that the list has, until it is compared, and whether they could be read.
CREATE TABLE reconciliation_seen (
    reconciliation_id uuid NOT NULL REFERENCES reconciliation(id),
    division          text COLLATE "C" NOT NULL,
    number            text NOT NULL,
    read              boolean NOT NULL,
    PRIMARY KEY (reconciliation_id, number)
);
SELECT pg_temp.within_division('reconciliation_seen', 'SELECT, INSERT, DELETE');

-- A household that differs as the list has it, encrypted: ``listed_in`` is the village of the list, ``silent`` what the
-- list does not say of it.
CREATE TABLE reconciliation_household (
    reconciliation_id uuid NOT NULL REFERENCES reconciliation(id),
    number            text NOT NULL,
    division          text COLLATE "C" NOT NULL,
    household_id      uuid,
    listed_in         text COLLATE "C",
    silent            text[] NOT NULL,
    content           text NOT NULL,
    PRIMARY KEY (reconciliation_id, number)
);
CREATE INDEX reconciliation_household_of ON reconciliation_household (household_id) WHERE household_id IS NOT NULL;
SELECT pg_temp.within_division('reconciliation_household', 'SELECT, INSERT, UPDATE, DELETE');

-- One thing that differs, and what was decided about it. ``person`` says who of the household it is about (a keyed
-- index where the register does not know them), ``proposal`` what may be done, ``change_id`` the change that was asked for.
CREATE TABLE reconciliation_difference (
    id                uuid PRIMARY KEY,
    reconciliation_id uuid NOT NULL REFERENCES reconciliation(id),
    division          text COLLATE "C" NOT NULL,
    number            text NOT NULL,
    household_id      uuid,
    kind              text NOT NULL CHECK (kind IN ('new', 'gone', 'removed', 'moved', 'head', 'joined', 'left',
        'household', 'member')),
    field             text NOT NULL DEFAULT '',
    person            text NOT NULL DEFAULT '',
    person_id         uuid,
    name              text,
    said              text NOT NULL,
    known             text NOT NULL,
    since             date,
    zh                text NOT NULL,
    en                text NOT NULL,
    proposal          text NOT NULL CHECK (proposal IN ('accept', 'tell', 'ask')),
    reason            text,
    why_zh            text,
    why_en            text,
    state             text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'waiting', 'kept', 'refused',
        'stale')),
    decided_by        text,
    decided_at        timestamptz,
    ground            text,
    refusal_zh        text,
    refusal_en        text,
    change_id         uuid,
    CHECK (num_nulls(decided_by, decided_at, ground) IN (0, 3))
);
CREATE INDEX reconciliation_difference_by_division ON reconciliation_difference (reconciliation_id, division, id);
CREATE INDEX reconciliation_difference_open ON reconciliation_difference (division, reconciliation_id)
    WHERE state IN ('open', 'refused', 'waiting');
CREATE INDEX reconciliation_difference_of ON reconciliation_difference (household_id) WHERE household_id IS NOT NULL;
CREATE INDEX reconciliation_difference_by_number ON reconciliation_difference (number);
SELECT pg_temp.within_division('reconciliation_difference', 'SELECT, INSERT, UPDATE, DELETE');

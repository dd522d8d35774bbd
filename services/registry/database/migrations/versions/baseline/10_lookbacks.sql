-- ``steps`` and ``evidence`` are the values of the policies in force when the round was opened: it ends as it began.
CREATE TABLE lookback_round (
    id        uuid PRIMARY KEY,
    division  text COLLATE "C" NOT NULL,
    name      text NOT NULL,
    ground    text NOT NULL,
    statuses  text[] NOT NULL,
    starts_on date NOT NULL,
    ends_on   date NOT NULL,
    status    text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed')),
    in_scope  integer NOT NULL,
    steps     jsonb NOT NULL,
    evidence  text[] NOT NULL,
    policies  jsonb NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT business_now(),
    opened_by text NOT NULL,
    closed_at timestamptz,
    closed_by text,
    CONSTRAINT lookback_round_check CHECK (ends_on >= starts_on)
);
CREATE INDEX lookback_round_by_division ON lookback_round (division, id);
SELECT pg_temp.within_division('lookback_round');
-- A round is opened for a county and worked in its towns and villages.
SELECT pg_temp.seen_from_below('lookback_round');

-- The households in scope as they stood when the round was opened.
CREATE TABLE lookback_household (
    round_id     uuid NOT NULL REFERENCES lookback_round(id),
    household_id uuid NOT NULL REFERENCES household(id),
    division     text COLLATE "C" NOT NULL,
    status       text NOT NULL,
    size         integer NOT NULL,
    PRIMARY KEY (round_id, household_id)
);
CREATE INDEX lookback_household_by_division ON lookback_household (round_id, division, household_id);
SELECT pg_temp.within_division('lookback_household', 'SELECT, INSERT');
SELECT pg_temp.only_moves('lookback_household');

-- What was found at one household, in scope or left out earlier. ``proposal`` is what is to be entered (a household,
-- a member), encrypted until then. ``signed`` counts the signatures after that of whoever checked.
CREATE TABLE lookback_result (
    id           uuid PRIMARY KEY,
    round_id     uuid NOT NULL REFERENCES lookback_round(id),
    household_id uuid NOT NULL,
    division     text COLLATE "C" NOT NULL,
    result       text NOT NULL CHECK (result IN ('kept', 'cleared', 'included', 'returned', 'corrected')),
    status       text NOT NULL DEFAULT 'recorded' CHECK (status IN ('recorded', 'confirmed', 'sent_back')),
    signed       integer NOT NULL DEFAULT 0,
    checked_on   date NOT NULL,
    effective_on date NOT NULL,
    ground       text NOT NULL,
    evidence     text[] NOT NULL,
    proposal     text,
    digest       bytea NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT business_now(),
    recorded_by  text NOT NULL
);
CREATE UNIQUE INDEX lookback_result_of_household ON lookback_result (round_id, household_id)
    WHERE status <> 'sent_back';
CREATE INDEX lookback_result_by_division ON lookback_result (round_id, division, id);
CREATE TRIGGER cites AFTER INSERT ON lookback_result
    FOR EACH ROW WHEN (NEW.evidence <> '{}'::text[]) EXECUTE FUNCTION cite('evidence');
SELECT pg_temp.within_division('lookback_result');

CREATE TABLE lookback_signature (
    result_id uuid NOT NULL REFERENCES lookback_result(id),
    position  integer NOT NULL,
    division  text COLLATE "C" NOT NULL,
    step      text NOT NULL,
    agreed    boolean NOT NULL,
    remark    text,
    signed_at timestamptz NOT NULL DEFAULT business_now(),
    signed_by text NOT NULL,
    PRIMARY KEY (result_id, "position")
);
SELECT pg_temp.within_division('lookback_signature', 'SELECT, INSERT');
SELECT pg_temp.only_moves('lookback_signature');

-- The change that a confirmed result made: the bridge of the year shows it by its reason.
CREATE TABLE lookback_effect (
    change_id uuid PRIMARY KEY REFERENCES change(id),
    round_id  uuid NOT NULL REFERENCES lookback_round(id),
    result_id uuid NOT NULL UNIQUE REFERENCES lookback_result(id),
    division  text COLLATE "C" NOT NULL
);
CREATE INDEX lookback_effect_by_round ON lookback_effect (round_id, division);
SELECT pg_temp.within_division('lookback_effect', 'SELECT, INSERT');
SELECT pg_temp.append_only('lookback_effect');

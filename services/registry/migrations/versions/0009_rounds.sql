-- Look-back rounds 回头看: who was to be looked at again, what was found, who signed, what it changed.

-- ``steps`` and ``evidence`` are the values of the policies in force when the round was opened: it ends as it began.
CREATE TABLE lookback_round (
    id          uuid PRIMARY KEY,
    division    text COLLATE "C" NOT NULL,
    name        text NOT NULL,
    ground      text NOT NULL,
    statuses    text[] NOT NULL,
    starts_on   date NOT NULL,
    ends_on     date NOT NULL CHECK (ends_on >= starts_on),
    status      text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed')),
    in_scope    integer NOT NULL,
    steps       jsonb NOT NULL,
    evidence    text[] NOT NULL,
    policies    jsonb NOT NULL,
    opened_at   timestamptz NOT NULL DEFAULT business_now(),
    opened_by   text NOT NULL,
    closed_at   timestamptz,
    closed_by   text
);
CREATE INDEX lookback_round_by_division ON lookback_round (division, id);

-- The households in scope as they stood when the round was opened.
CREATE TABLE lookback_household (
    round_id     uuid NOT NULL REFERENCES lookback_round,
    household_id uuid NOT NULL REFERENCES household,
    division     text COLLATE "C" NOT NULL,
    status       text NOT NULL,
    size         integer NOT NULL,
    PRIMARY KEY (round_id, household_id)
);
CREATE INDEX lookback_household_by_division ON lookback_household (round_id, division, household_id);

-- What was found at one household, in scope or left out earlier. ``proposal`` is what is to be entered (a household,
-- a member), encrypted until then. ``signed`` counts the signatures after that of whoever checked.
CREATE TABLE lookback_result (
    id           uuid PRIMARY KEY,
    round_id     uuid NOT NULL REFERENCES lookback_round,
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

CREATE TABLE lookback_signature (
    result_id uuid NOT NULL REFERENCES lookback_result,
    position  integer NOT NULL,
    division  text COLLATE "C" NOT NULL,
    step      text NOT NULL,
    agreed    boolean NOT NULL,
    remark    text,
    signed_at timestamptz NOT NULL DEFAULT business_now(),
    signed_by text NOT NULL,
    PRIMARY KEY (result_id, position)
);

-- The change that a confirmed result made: the bridge of the year shows it by its reason.
CREATE TABLE lookback_effect (
    change_id uuid PRIMARY KEY REFERENCES change,
    round_id  uuid NOT NULL REFERENCES lookback_round,
    result_id uuid NOT NULL UNIQUE REFERENCES lookback_result,
    division  text COLLATE "C" NOT NULL
);
CREATE INDEX lookback_effect_by_round ON lookback_effect (round_id, division);

-- Many may record and sign in a round at once; whoever closes it waits for them and then they for him.
CREATE FUNCTION enter_round(p_id uuid, p_alone boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF p_alone THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(p_id::text, 5));
    ELSE
        PERFORM pg_advisory_xact_lock_shared(hashtextextended(p_id::text, 5));
    END IF;
END $$;

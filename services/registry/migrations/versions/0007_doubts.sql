-- Doubts 疑点: something that a rule found and people have to look at. A doubt decides nothing by itself.

-- ``desk`` is the level on which it lies (NULL = closed), ``due_on`` the day until which that level has to act,
-- ``round`` counts how often it was worked on (it can be reopened). ``evidence`` holds masked numbers only.
CREATE TABLE doubt (
    id           uuid PRIMARY KEY,
    division     text COLLATE "C" NOT NULL,
    county       text COLLATE "C" NOT NULL GENERATED ALWAYS AS (left(division, 6)) STORED,
    rule         text NOT NULL,
    rule_version integer NOT NULL CHECK (rule_version > 0),
    ground       text,
    severity     text NOT NULL CHECK (severity IN ('notice', 'warning', 'serious')),
    household_id uuid REFERENCES household,
    person_id    uuid REFERENCES person,
    feed         text,
    record_id    uuid,
    subject      text NOT NULL GENERATED ALWAYS AS (coalesce(household_id::text, '') || '/'
        || coalesce(person_id::text, '') || '/' || coalesce(record_id::text, '')) STORED,
    fingerprint  text NOT NULL,
    evidence     jsonb NOT NULL,
    policy       jsonb,
    status       text NOT NULL DEFAULT 'raised' CHECK (status IN
        ('raised', 'at_town', 'at_village', 'checked', 'judged', 'reviewed', 'closed')),
    desk         text GENERATED ALWAYS AS (CASE status WHEN 'raised' THEN 'county' WHEN 'at_town' THEN 'town'
        WHEN 'at_village' THEN 'village' WHEN 'checked' THEN 'village' WHEN 'judged' THEN 'town'
        WHEN 'reviewed' THEN 'county' END) STORED,
    round        integer NOT NULL DEFAULT 1 CHECK (round > 0),
    version      integer NOT NULL DEFAULT 1 CHECK (version > 0),
    raised_on    date NOT NULL DEFAULT business_today(),
    due_on       date CHECK ((due_on IS NULL) = (status = 'closed')),
    verdict      text,
    upheld       boolean,
    checked_by   text,
    judged_by    text,
    reviewed_by  text,
    closed_by    text,
    closed_on    date,
    change_id    uuid REFERENCES change,
    may_return   boolean NOT NULL DEFAULT false,
    recorded_at  timestamptz NOT NULL DEFAULT business_now(),
    recorded_by  text NOT NULL
);
-- One open doubt for a rule and what it is about; and none again for what was looked at and settled
-- (``may_return``: the verdict said that it was put right, so if it is there again it is a new doubt).
CREATE UNIQUE INDEX doubt_open ON doubt (rule, subject) WHERE status <> 'closed';
CREATE UNIQUE INDEX doubt_settled ON doubt (rule, subject, fingerprint) WHERE NOT may_return;
CREATE INDEX doubt_by_division ON doubt (division, id);
CREATE INDEX doubt_by_desk ON doubt (county, desk, due_on, id) WHERE desk IS NOT NULL;
CREATE INDEX doubt_by_household ON doubt (household_id, id);

-- Everything that was done about a doubt, a line each: who, when, what was said (``content``).
CREATE TABLE doubt_step (
    id          uuid PRIMARY KEY DEFAULT uuidv7(),
    doubt_id    uuid NOT NULL REFERENCES doubt,
    division    text COLLATE "C" NOT NULL,
    round       integer NOT NULL,
    version     integer NOT NULL,
    step        text NOT NULL,
    status      text NOT NULL,
    content     jsonb NOT NULL DEFAULT '{}',
    done_on     date NOT NULL DEFAULT business_today(),
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    recorded_by text NOT NULL,
    UNIQUE (doubt_id, version)
);

-- Rules switched off and on again, with the reason. The nearest division's last word counts. It tells of no person,
-- and a township has to know what its county has decided, so it is not confined.
CREATE TABLE rule_switch (
    id           uuid PRIMARY KEY,
    division     text COLLATE "C" NOT NULL,
    rule         text NOT NULL,
    enabled      boolean NOT NULL,
    reason       text NOT NULL,
    hit_rate     jsonb NOT NULL,
    effective_on date NOT NULL DEFAULT business_today(),
    recorded_at  timestamptz NOT NULL DEFAULT business_now(),
    recorded_by  text NOT NULL
);
CREATE INDEX rule_switch_by_rule ON rule_switch (rule, division, effective_on);
CREATE INDEX rule_switch_by_division ON rule_switch (division, id);

CREATE FUNCTION rule_is_off(p_rule text, p_division text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT NOT s.enabled FROM rule_switch s
        WHERE s.rule = p_rule AND starts_with(p_division, s.division) AND s.effective_on <= business_today()
        ORDER BY length(s.division) DESC, s.effective_on DESC, s.recorded_at DESC, s.id DESC LIMIT 1), false)
$$;

-- Raise doubts, those that are open or settled already left out; answers how many are new. Tells of each.
CREATE FUNCTION raise_doubts(p_rows jsonb, p_actor text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    made integer;
BEGIN
    WITH fresh AS (
        INSERT INTO doubt (id, division, rule, rule_version, ground, severity, household_id, person_id, feed,
            record_id, fingerprint, evidence, policy, due_on, recorded_by)
        SELECT id, division, rule, rule_version, ground, severity, household_id, person_id, feed, record_id,
            coalesce(fingerprint, md5(evidence::text)), evidence, policy, due_on, p_actor
        FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, rule text, rule_version integer, ground text,
            severity text, household_id uuid, person_id uuid, feed text, record_id uuid, fingerprint text,
            evidence jsonb, policy jsonb, due_on date)
        WHERE NOT rule_is_off(row.rule, row.division)
        ON CONFLICT DO NOTHING
        RETURNING *
    ), noted AS (
        INSERT INTO doubt_step (doubt_id, division, round, version, step, status, recorded_by)
        SELECT id, division, round, version, 'raise', status, recorded_by FROM fresh
    )
    INSERT INTO outbox (event_id, topic, key, type, payload, headers)
    SELECT uuidv7(), 'registry.doubt', coalesce(household_id, id)::text, 'registry.doubt.raised.v1',
        convert_to(jsonb_build_object('id', id, 'household_id', household_id, 'division', division, 'rule', rule,
            'rule_version', rule_version, 'ground', ground, 'severity', severity, 'status', status,
            'verdict', verdict, 'upheld', upheld, 'raised_on', raised_on, 'due_on', due_on)::text, 'UTF8'),
        jsonb_build_object('sequence', version, 'subject', id, 'time', business_now())
    FROM fresh ORDER BY id;
    GET DIAGNOSTICS made = ROW_COUNT;
    RETURN made;
END $$;

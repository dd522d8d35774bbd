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
SELECT pg_temp.within_division('rule_switch', 'SELECT, INSERT');
-- Towns and villages are raised no doubts by a rule that their county has switched off.
SELECT pg_temp.seen_from_below('rule_switch');
SELECT pg_temp.append_only('rule_switch');

-- A run of rules over a division. It shares its id with its job; ``results`` counts by rule what matched and was new.
CREATE TABLE screening (
    id          uuid PRIMARY KEY,
    division    text COLLATE "C" NOT NULL,
    rules       text[] NOT NULL,
    results     jsonb NOT NULL DEFAULT '{}',
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    recorded_by text NOT NULL
);
CREATE INDEX screening_by_division ON screening (division, id);
SELECT pg_temp.within_division('screening');

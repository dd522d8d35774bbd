-- A data check 数据核查: which rules of which rule set, for which data year, as of which day, under which policies; and its size.
CREATE TABLE data_check (
    id          uuid PRIMARY KEY,
    division    text COLLATE "C" NOT NULL,
    data_year   integer NOT NULL,
    as_of       date NOT NULL,
    rule_set    text NOT NULL,
    rules       text[] NOT NULL,
    policies    jsonb NOT NULL DEFAULT '[]',
    households  integer NOT NULL DEFAULT 0,
    persons     integer NOT NULL DEFAULT 0,
    findings    integer NOT NULL DEFAULT 0,
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    recorded_by text NOT NULL
);
CREATE INDEX data_check_by_division ON data_check (division, id);
SELECT pg_temp.within_division('data_check');

-- A record that breaks a rule, as it stood in that version of the household; the evidence is what the rule looked at.
CREATE TABLE data_check_finding (
    check_id     uuid NOT NULL REFERENCES data_check(id),
    rule         text COLLATE "C" NOT NULL,
    division     text COLLATE "C" NOT NULL,
    household_id uuid NOT NULL,
    version      integer NOT NULL,
    person_id    uuid,
    subject_id   uuid GENERATED ALWAYS AS (COALESCE(person_id, household_id)) STORED NOT NULL,
    evidence     jsonb NOT NULL,
    PRIMARY KEY (check_id, household_id, rule, subject_id)
);
CREATE INDEX data_check_finding_by_division ON data_check_finding (check_id, division, household_id, rule, subject_id);
CREATE INDEX data_check_finding_by_rule ON data_check_finding (check_id, rule, division, household_id, subject_id);
SELECT pg_temp.within_division('data_check_finding', 'SELECT, INSERT');
SELECT pg_temp.append_only('data_check_finding');

-- How many in a village break a rule.
CREATE TABLE data_check_count (
    check_id   uuid NOT NULL REFERENCES data_check(id),
    division   text COLLATE "C" NOT NULL,
    rule       text COLLATE "C" NOT NULL,
    findings   integer NOT NULL,
    households integer NOT NULL,
    PRIMARY KEY (check_id, division, rule)
);
SELECT pg_temp.within_division('data_check_count', 'SELECT, INSERT');

-- A run: which rules of which rule set, for which data year, as of which day, under which policies; and its size.
CREATE TABLE audit_run (
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
CREATE INDEX audit_run_by_division ON audit_run (division, id);
SELECT pg_temp.within_division('audit_run');

-- A record that breaks a rule, as it stood in that version of the household; the evidence is what the rule looked at.
CREATE TABLE audit_finding (
    run_id       uuid NOT NULL REFERENCES audit_run(id),
    rule         text COLLATE "C" NOT NULL,
    division     text COLLATE "C" NOT NULL,
    household_id uuid NOT NULL,
    version      integer NOT NULL,
    person_id    uuid,
    subject_id   uuid GENERATED ALWAYS AS (COALESCE(person_id, household_id)) STORED NOT NULL,
    evidence     jsonb NOT NULL,
    PRIMARY KEY (run_id, household_id, rule, subject_id)
);
CREATE INDEX audit_finding_by_division ON audit_finding (run_id, division, household_id, rule, subject_id);
CREATE INDEX audit_finding_by_rule ON audit_finding (run_id, rule, division, household_id, subject_id);
SELECT pg_temp.within_division('audit_finding', 'SELECT, INSERT');
SELECT pg_temp.append_only('audit_finding');

-- How many in a village break a rule.
CREATE TABLE audit_count (
    run_id     uuid NOT NULL REFERENCES audit_run(id),
    division   text COLLATE "C" NOT NULL,
    rule       text COLLATE "C" NOT NULL,
    findings   integer NOT NULL,
    households integer NOT NULL,
    PRIMARY KEY (run_id, division, rule)
);
SELECT pg_temp.within_division('audit_count', 'SELECT, INSERT');

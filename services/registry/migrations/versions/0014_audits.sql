-- Audits of the register 数据核查: a run over a division, and who broke which rule in it.

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

-- A record that breaks a rule, as it stood in that version of the household; the evidence is what the rule looked at.
CREATE TABLE audit_finding (
    run_id       uuid NOT NULL REFERENCES audit_run,
    rule         text COLLATE "C" NOT NULL,
    division     text COLLATE "C" NOT NULL,
    household_id uuid NOT NULL,
    version      integer NOT NULL,
    person_id    uuid,
    subject_id   uuid NOT NULL GENERATED ALWAYS AS (coalesce(person_id, household_id)) STORED,
    evidence     jsonb NOT NULL,
    PRIMARY KEY (run_id, household_id, rule, subject_id)
);
CREATE INDEX audit_finding_by_division ON audit_finding (run_id, division, household_id, rule, subject_id);
CREATE INDEX audit_finding_by_rule ON audit_finding (run_id, rule, division, household_id, subject_id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_finding
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

-- How many in a village break a rule.
CREATE TABLE audit_count (
    run_id     uuid NOT NULL REFERENCES audit_run,
    division   text COLLATE "C" NOT NULL,
    rule       text COLLATE "C" NOT NULL,
    findings   integer NOT NULL,
    households integer NOT NULL,
    PRIMARY KEY (run_id, division, rule)
);

-- Persons whose number is no checked one. A checked one stands once in the whole register, by its index.
CREATE INDEX person_unchecked ON person (born, identity_masked) WHERE identity_index IS NULL;
CREATE INDEX person_unchecked_by_division ON person (division) WHERE identity_index IS NULL;

-- Who of some villages stands in the register a second time: the same number as far as it shows, name and birth date,
-- under a number that is no checked one. Looks beyond the caller's division, and says only how far away the other is.
CREATE FUNCTION unchecked_twins(p_low text, p_high text)
RETURNS TABLE (person_id uuid, same_in_county boolean, same_in_city boolean, same_in_province boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.id, bool_or(left(o.division, 6) = left(p.division, 6)),
        bool_or(left(o.division, 4) = left(p.division, 4) AND left(o.division, 6) <> left(p.division, 6)),
        bool_or(left(o.division, 2) = left(p.division, 2) AND left(o.division, 4) <> left(p.division, 4))
    FROM person p JOIN person o ON o.born = p.born AND o.identity_masked = p.identity_masked AND o.name = p.name
        AND o.id <> p.id AND o.identity_index IS NULL
    WHERE p.identity_index IS NULL AND p.division >= p_low AND p.division < p_high
      AND EXISTS (SELECT FROM membership m WHERE m.person_id = o.id AND m.superseded_at IS NULL AND m.left_on IS NULL)
    GROUP BY p.id
$$;

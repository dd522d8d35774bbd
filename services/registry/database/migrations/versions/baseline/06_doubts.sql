-- ``desk`` is the level on which it lies (NULL = closed), ``due_on`` the day until which that level has to act,
-- ``round`` counts how often it was worked on (it can be reopened). ``evidence`` holds masked numbers only.
-- ``source`` is the service that found it; another one's has the ``reference`` and ``sequence`` of its own record.
CREATE TABLE doubt (
    id           uuid PRIMARY KEY,
    division     text COLLATE "C" NOT NULL,
    county       text COLLATE "C" GENERATED ALWAYS AS ("left"(division, 6)) STORED NOT NULL,
    rule         text NOT NULL,
    rule_version integer NOT NULL CHECK (rule_version > 0),
    ground       text,
    severity     text NOT NULL CHECK (severity IN ('notice', 'warning', 'serious')),
    household_id uuid REFERENCES household(id),
    person_id    uuid REFERENCES person(id),
    feed         text,
    record_id    uuid,
    subject      text
        GENERATED ALWAYS AS (((((COALESCE((household_id)::text, ''::text) || '/'::text) || COALESCE((person_id)::text, ''::text)) || '/'::text) || COALESCE((record_id)::text, ''::text))) STORED NOT NULL,
    fingerprint  text NOT NULL,
    evidence     jsonb NOT NULL,
    policy       jsonb,
    status       text NOT NULL DEFAULT 'raised'
        CHECK (status IN ('raised', 'at_town', 'at_village', 'checked', 'judged', 'reviewed', 'closed')),
    desk         text GENERATED ALWAYS AS (
CASE status
    WHEN 'raised'::text THEN 'county'::text
    WHEN 'at_town'::text THEN 'town'::text
    WHEN 'at_village'::text THEN 'village'::text
    WHEN 'checked'::text THEN 'village'::text
    WHEN 'judged'::text THEN 'town'::text
    WHEN 'reviewed'::text THEN 'county'::text
    ELSE NULL::text
END) STORED,
    round        integer NOT NULL DEFAULT 1 CHECK (round > 0),
    version      integer NOT NULL DEFAULT 1 CHECK (version > 0),
    raised_on    date NOT NULL DEFAULT business_today(),
    due_on       date,
    verdict      text,
    upheld       boolean,
    checked_by   text,
    judged_by    text,
    reviewed_by  text,
    closed_by    text,
    closed_on    date,
    change_id    uuid REFERENCES change(id),
    may_return   boolean NOT NULL DEFAULT false,
    recorded_at  timestamptz NOT NULL DEFAULT business_now(),
    recorded_by  text NOT NULL,
    source       text NOT NULL DEFAULT 'registry',
    reference    uuid,
    sequence     bigint,
    CONSTRAINT doubt_source CHECK ((source = 'registry') = (reference IS NULL) AND (reference IS NULL) = (sequence IS NULL)),
    CONSTRAINT doubt_check CHECK ((due_on IS NULL) = (status = 'closed'::text))
);
-- One open doubt for a rule and what it is about; and none again for what was looked at and settled
-- (``may_return``: the verdict said that it was put right, so if it is there again it is a new doubt).
CREATE UNIQUE INDEX doubt_open ON doubt (rule, subject) WHERE status <> 'closed';
CREATE UNIQUE INDEX doubt_settled ON doubt (rule, subject, fingerprint) WHERE NOT may_return;
CREATE INDEX doubt_by_division ON doubt (division, id);
CREATE INDEX doubt_by_desk ON doubt (county, desk, due_on, id) WHERE desk IS NOT NULL;
CREATE INDEX doubt_by_household ON doubt (household_id, id);
CREATE INDEX doubt_by_reference ON doubt (source, reference) WHERE reference IS NOT NULL;
CREATE INDEX doubt_by_change ON doubt (change_id) WHERE change_id IS NOT NULL;
SELECT pg_temp.within_division('doubt');

-- Everything that was done about a doubt, a line each: who, when, what was said (``content``).
CREATE TABLE doubt_step (
    id          uuid PRIMARY KEY DEFAULT uuidv7(),
    doubt_id    uuid NOT NULL REFERENCES doubt(id),
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
CREATE TRIGGER cites AFTER INSERT ON doubt_step
    FOR EACH ROW EXECUTE FUNCTION cite('content');
SELECT pg_temp.within_division('doubt_step', 'SELECT, INSERT');
SELECT pg_temp.only_moves('doubt_step');

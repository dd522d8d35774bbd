-- Households that somebody was shown in a list: found, exported, disclosed. The entry in the record says by which
-- call; what a person's own office needs stands here, because the entry lies in the caller's division.
CREATE TABLE viewing (
    division     text COLLATE "C" NOT NULL,
    entry_id     bigint NOT NULL,
    household_id uuid NOT NULL,
    seen_at      timestamptz NOT NULL DEFAULT business_now(),
    actor        text NOT NULL,
    roles        text[] NOT NULL,
    purpose      text NOT NULL,
    action       text NOT NULL,
    reason       text,
    PRIMARY KEY (division, entry_id, household_id)
);
CREATE INDEX viewing_of_household ON viewing (household_id, entry_id);
SELECT pg_temp.within_division('viewing', 'SELECT, INSERT');
SELECT pg_temp.append_only('viewing');

-- What a person, or a guardian for a child, agreed to 授权同意. The signed paper is an attachment, by its SHA-256.
CREATE TABLE consent (
    id                uuid PRIMARY KEY,
    division          text COLLATE "C" NOT NULL,
    household_id      uuid NOT NULL REFERENCES household(id),
    person_id         uuid NOT NULL REFERENCES person(id),
    purposes          text[] NOT NULL CHECK (cardinality(purposes) > 0),
    given_on          date NOT NULL,
    valid_to          date,
    evidence          text NOT NULL,
    guardian_id       uuid REFERENCES person(id),
    policies          jsonb NOT NULL,
    withdrawal_id     uuid UNIQUE,
    withdrawn_on      date,
    withdrawal_ground text,
    withdrawn_by      text,
    recorded_at       timestamptz NOT NULL DEFAULT business_now(),
    recorded_by       text NOT NULL,
    CONSTRAINT consent_check CHECK (valid_to > given_on),
    CONSTRAINT consent_check1 CHECK (withdrawn_on >= given_on)
);
CREATE INDEX consent_by_division ON consent (division, id);
CREATE INDEX consent_of_person ON consent (person_id, id);
CREATE TRIGGER cites AFTER INSERT ON consent
    FOR EACH ROW EXECUTE FUNCTION cite('evidence');
SELECT pg_temp.within_division('consent');

-- Somebody says that what is held of him is wrong 更正申请. What he wants may hold numbers: it is encrypted.
CREATE TABLE correction_request (
    id           uuid PRIMARY KEY,
    division     text COLLATE "C" NOT NULL,
    household_id uuid NOT NULL REFERENCES household(id),
    person_id    uuid NOT NULL REFERENCES person(id),
    asked_by     text NOT NULL CHECK (asked_by IN ('self', 'guardian', 'family')),
    asked_on     date NOT NULL,
    field        text NOT NULL,
    wanted       text NOT NULL,
    evidence     text[] NOT NULL DEFAULT '{}',
    due_on       date NOT NULL,
    policies     jsonb NOT NULL,
    status       text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'accepted', 'refused')),
    answer_id    uuid UNIQUE,
    answer       text,
    change_id    uuid REFERENCES change(id),
    answered_on  date,
    answered_by  text,
    recorded_at  timestamptz NOT NULL DEFAULT business_now(),
    recorded_by  text NOT NULL,
    CONSTRAINT correction_request_check CHECK ((status = 'open'::text) = (answered_on IS NULL)),
    CONSTRAINT correction_request_check1 CHECK ((status <> 'refused'::text) OR (answer IS NOT NULL)),
    CONSTRAINT correction_request_check2 CHECK (answered_by <> recorded_by)
);
CREATE INDEX correction_request_by_division ON correction_request (division, id);
CREATE INDEX correction_request_open ON correction_request (division, due_on, id) WHERE status = 'open';
CREATE INDEX correction_request_of_person ON correction_request (person_id, id);
CREATE TRIGGER cites AFTER INSERT OR UPDATE OF evidence ON correction_request
    FOR EACH ROW WHEN (NEW.evidence <> '{}'::text[]) EXECUTE FUNCTION cite('evidence');
SELECT pg_temp.within_division('correction_request');

-- What was erased 到期清除, of whom (never what it was), under which policy.
CREATE TABLE erasure (
    id          uuid PRIMARY KEY,
    division    text COLLATE "C" NOT NULL,
    run_id      uuid NOT NULL,
    kind        text NOT NULL,
    object_id   uuid NOT NULL,
    fields      text[] NOT NULL,
    policies    jsonb NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    recorded_by text NOT NULL
);
CREATE INDEX erasure_by_division ON erasure (division, id);
SELECT pg_temp.within_division('erasure', 'SELECT, INSERT');
SELECT pg_temp.append_only('erasure');

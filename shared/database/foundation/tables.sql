-- What every service's database holds before its own tables. Its functions stand beside this file.

-- Time and scope of a transaction ------------------------------------------------------------------------------

-- One row, and only in a database that a demonstration has stamped: its simulated time.
CREATE TABLE simulated_clock (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    now       timestamptz NOT NULL
);
SELECT pg_temp.granted('simulated_clock', 'SELECT, UPDATE');

CREATE TRIGGER forward_only BEFORE UPDATE ON simulated_clock FOR EACH ROW EXECUTE FUNCTION clock_moves_forward();

-- The event backbone -------------------------------------------------------------------------------------------

CREATE TABLE outbox (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id   uuid NOT NULL,
    topic      text NOT NULL,
    key        text NOT NULL,
    type       text NOT NULL,
    payload    bytea NOT NULL,
    headers    jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
SELECT pg_temp.granted('outbox', 'SELECT, INSERT, DELETE');

CREATE TABLE inbox (
    consumer    text NOT NULL,
    event_id    uuid NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer, event_id)
);
SELECT pg_temp.granted('inbox', 'SELECT, INSERT, DELETE');
CREATE INDEX inbox_by_age ON inbox (received_at);

CREATE TABLE parked (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer    text NOT NULL,
    topic       text NOT NULL,
    partition   integer NOT NULL,
    "offset"    bigint NOT NULL,
    key         text NOT NULL,
    event_id    uuid,
    type        text,
    payload     bytea NOT NULL,
    headers     jsonb NOT NULL,
    reason      text NOT NULL,
    attempts    integer NOT NULL,
    parked_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    resolved_at timestamptz,
    resolution  text
);
SELECT pg_temp.granted('parked', 'SELECT, INSERT, UPDATE, DELETE');
CREATE INDEX parked_open ON parked (consumer, topic, key, id) WHERE resolved_at IS NULL;

-- Requests -----------------------------------------------------------------------------------------------------

CREATE TABLE idempotency (
    subject      text NOT NULL,
    key          text NOT NULL,
    request_hash bytea NOT NULL,
    status       integer,
    headers      jsonb,
    body         bytea,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (subject, key)
);
SELECT pg_temp.granted('idempotency', 'SELECT, INSERT, UPDATE, DELETE');
CREATE INDEX idempotency_by_age ON idempotency (created_at);

CREATE TABLE audit_entry (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    business_at    timestamptz NOT NULL DEFAULT business_now(),
    actor          text NOT NULL,
    roles          text[] NOT NULL,
    actor_division text NOT NULL,
    purpose        text NOT NULL,
    action         text NOT NULL,
    object_kind    text NOT NULL,
    object_id      text NOT NULL,
    division       text COLLATE "C" NOT NULL,
    before         jsonb,
    after          jsonb,
    reason         text,
    request_id     text
);
SELECT pg_temp.within_division('audit_entry', 'SELECT, INSERT');
CREATE INDEX audit_by_object ON audit_entry (object_kind, object_id, id);
CREATE INDEX audit_by_division ON audit_entry (division, id);
SELECT pg_temp.append_only('audit_entry');

-- Policies -----------------------------------------------------------------------------------------------------

-- What people propose to change: it takes effect as a version of the policy when a second person approves it.
CREATE TABLE policy_proposal (
    id          uuid PRIMARY KEY,
    key         text NOT NULL,
    division    text COLLATE "C" NOT NULL,
    valid_from  date NOT NULL,
    value       jsonb NOT NULL,
    zh          text NOT NULL,
    en          text NOT NULL,
    ground      text NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL DEFAULT business_now(),
    status      text NOT NULL DEFAULT 'proposed' CHECK (status IN ('proposed', 'approved', 'refused')),
    decided_by  text CHECK (lower(trim(decided_by)) <> lower(trim(proposed_by))),
    decided_at  timestamptz,
    reason      text,
    CHECK ((status = 'proposed') = (decided_by IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK (status <> 'refused' OR reason IS NOT NULL)
);
SELECT pg_temp.within_division('policy_proposal');
SELECT pg_temp.seen_from_below('policy_proposal');
CREATE UNIQUE INDEX one_open_proposal ON policy_proposal (division, key) WHERE status = 'proposed';

-- ``set_by`` is the proposal that a version came from; without it, it came from a file.
CREATE TABLE policy (
    id         uuid PRIMARY KEY,
    key        text NOT NULL,
    division   text COLLATE "C" NOT NULL,
    valid_from date NOT NULL,
    version    integer NOT NULL CHECK (version > 0),
    value      jsonb NOT NULL,
    zh         text NOT NULL,
    en         text NOT NULL,
    source     text NOT NULL,
    set_by     uuid UNIQUE REFERENCES policy_proposal,
    used_at    timestamptz,
    UNIQUE (key, division, version),
    UNIQUE (key, division, valid_from, version)
);
SELECT pg_temp.added_within_division('policy', 'SELECT, INSERT, UPDATE (used_at)');

CREATE TRIGGER used_is_final BEFORE UPDATE OR DELETE ON policy FOR EACH ROW EXECUTE FUNCTION used_policy_is_final();

-- Long work and timers -----------------------------------------------------------------------------------------

CREATE TABLE job (
    id          uuid PRIMARY KEY,
    kind        text NOT NULL,
    division    text COLLATE "C" NOT NULL,
    caller      jsonb NOT NULL,
    args        jsonb NOT NULL,
    state       jsonb NOT NULL DEFAULT '{}',
    status      text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'done', 'failed')),
    done        bigint NOT NULL DEFAULT 0,
    total       bigint,
    result      jsonb,
    problem     jsonb,
    attempts    integer NOT NULL DEFAULT 0,
    due_at      timestamptz NOT NULL DEFAULT business_now(),
    retry_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    stepped_at  timestamptz, -- when its last step ended
    created_at  timestamptz NOT NULL DEFAULT business_now(),
    finished_at timestamptz
);
SELECT pg_temp.within_division('job');
CREATE INDEX job_open ON job (due_at, id) WHERE status IN ('queued', 'running');
CREATE INDEX job_by_division ON job (division, id);

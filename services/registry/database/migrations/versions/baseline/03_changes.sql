-- Every change to the register 动态调整, one line each, never altered: what it adds to the number of registered
-- households and persons, on which day, for which reason, and when it was recorded. Openings, closings and the
-- bridges between them are sums over these lines. ``through`` is what decided it: what two people of an office decided by
-- themselves is told from what a procedure did. ``effect`` is what the change did to the household, so that it can be done
-- again after one of an earlier day. A line that ``restates`` another corrects what that one added, since the change
-- ``because`` became known: ``times`` is 1 for a change, 0 for a line that corrects numbers alone, -1 for one by which a
-- change no longer counts. ``cancels`` is the change that a cancellation is about.
CREATE TABLE change (
    id           uuid PRIMARY KEY,
    household_id uuid NOT NULL REFERENCES household(id),
    division     text COLLATE "C" NOT NULL,
    version      integer NOT NULL,
    kind         text NOT NULL,
    reason       text NOT NULL,
    through      text NOT NULL
        CHECK (through IN ('direct', 'cases', 'doubts', 'lookbacks', 'exits', 'first_load', 'redivision')),
    effective_on date NOT NULL,
    households   integer NOT NULL CHECK ((households >= '-1'::integer) AND (households <= 1)),
    persons      integer NOT NULL,
    person_id    uuid REFERENCES person(id),
    ground       text,
    captured_at  timestamptz,
    recorded_at  timestamptz NOT NULL DEFAULT business_now(),
    recorded_by  text NOT NULL,
    source       text,
    evidence     text[] NOT NULL DEFAULT '{}',
    before       jsonb,
    after        jsonb,
    lineage      jsonb,
    effect       jsonb,
    sequence     bigint GENERATED ALWAYS AS IDENTITY,
    times        smallint NOT NULL DEFAULT 1 CHECK (times IN (-1, 0, 1)),
    restates     uuid REFERENCES change(id),
    because      uuid,
    cancels      uuid REFERENCES change(id),
    CHECK ((restates IS NULL) = (because IS NULL)),
    CHECK (restates IS NOT NULL OR times = 1)
);
CREATE INDEX change_by_household ON change (household_id, version);
CREATE INDEX change_by_division ON change (division, effective_on)
    INCLUDE (recorded_at, kind, reason, households, persons);
CREATE INDEX change_restating ON change (restates) WHERE restates IS NOT NULL;
CREATE INDEX change_restated ON change (because) WHERE because IS NOT NULL;
CREATE INDEX change_cancelling ON change (cancels) WHERE cancels IS NOT NULL;
CREATE TRIGGER after_every_close BEFORE INSERT ON change
    FOR EACH STATEMENT EXECUTE FUNCTION after_every_close();
CREATE TRIGGER cites AFTER INSERT ON change
    FOR EACH ROW WHEN (NEW.evidence <> '{}'::text[]) EXECUTE FUNCTION cite('evidence');
SELECT pg_temp.within_division('change', 'SELECT, INSERT');
SELECT pg_temp.append_only('change');

-- Households that one person asks to enter, to take off or to bring back directly, and that wait for another to release
-- them; the change has the id of its request. ``content`` is what was asked for, encrypted, and only until it is decided;
-- ``level`` the lowest level that may decide it, ``digest`` the keyed digest of all that was said.
CREATE TABLE change_request (
    id           uuid PRIMARY KEY,
    division     text COLLATE "C" NOT NULL,
    household_id uuid NOT NULL,
    kind         text NOT NULL,
    reason       text NOT NULL,
    effective_on date NOT NULL,
    level        text NOT NULL CHECK (level IN ('village', 'town', 'county')),
    number       text NOT NULL,
    size         integer NOT NULL,
    content      text,
    digest       bytea NOT NULL,
    status       text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'released', 'refused')),
    asked_by     text NOT NULL,
    asked_on     date NOT NULL DEFAULT business_today(),
    decided_by   text,
    decided_on   date,
    decision     text,
    CHECK ((content IS NOT NULL) = (status = 'waiting')),
    CHECK ((decided_by IS NULL) = (status = 'waiting'))
);
CREATE UNIQUE INDEX change_request_waits ON change_request (division, household_id) WHERE status = 'waiting';
CREATE INDEX change_request_by_division ON change_request (division, id);
CREATE INDEX change_request_by_asked ON change_request (asked_on, id) WHERE status = 'waiting';
SELECT pg_temp.within_division('change_request');

-- Who somebody was believed to be before an identity was corrected: names, numbers, birth dates are never erased.
CREATE TABLE identity_past (
    person_id       uuid NOT NULL REFERENCES person(id),
    division        text COLLATE "C" NOT NULL,
    change_id       uuid NOT NULL REFERENCES change(id),
    name            text NOT NULL,
    sex             text NOT NULL,
    born            date NOT NULL,
    document_kind   text NOT NULL,
    identity_number text,
    identity_masked text,
    identity_index  bytea,
    superseded_at   timestamptz NOT NULL DEFAULT business_now(),
    PRIMARY KEY (person_id, change_id)
);
SELECT pg_temp.within_division('identity_past', 'SELECT, INSERT, UPDATE (identity_number, identity_masked, identity_index)');

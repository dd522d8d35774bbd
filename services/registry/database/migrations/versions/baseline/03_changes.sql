-- Every change to the register 动态调整, one line each, never altered: what it adds to the number of registered
-- households and persons, on which day, for which reason, and when it was recorded. Openings, closings and the
-- bridges between them are sums over these lines.
CREATE TABLE change (
    id           uuid PRIMARY KEY,
    household_id uuid NOT NULL REFERENCES household(id),
    division     text COLLATE "C" NOT NULL,
    version      integer NOT NULL,
    kind         text NOT NULL,
    reason       text NOT NULL,
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
    lineage      jsonb
);
CREATE INDEX change_by_household ON change (household_id, version);
CREATE INDEX change_by_division ON change (division, effective_on)
    INCLUDE (recorded_at, kind, reason, households, persons);
CREATE TRIGGER after_every_close BEFORE INSERT ON change
    FOR EACH STATEMENT EXECUTE FUNCTION after_every_close();
CREATE TRIGGER cites AFTER INSERT ON change
    FOR EACH ROW WHEN (NEW.evidence <> '{}'::text[]) EXECUTE FUNCTION cite('evidence');
SELECT pg_temp.within_division('change', 'SELECT, INSERT');
SELECT pg_temp.append_only('change');

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

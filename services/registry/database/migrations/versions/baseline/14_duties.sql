-- An item of the responsibility list 责任清单: what an organisation, and somebody in it, has to do until when.
CREATE TABLE duty (
    id              uuid PRIMARY KEY,
    division        text COLLATE "C" NOT NULL,
    class           text NOT NULL,
    kind            text NOT NULL,
    list_version    text NOT NULL,
    content         text NOT NULL,
    organisation_id uuid NOT NULL REFERENCES organisation(id),
    organisation    text NOT NULL,
    staff_id        uuid REFERENCES staff(id),
    name            text,
    due_on          date NOT NULL,
    done_on         date,
    outcome         text,
    evidence        text[] NOT NULL DEFAULT '{}',
    version         integer NOT NULL DEFAULT 1,
    recorded_at     timestamptz NOT NULL DEFAULT business_now(),
    recorded_by     text NOT NULL,
    CONSTRAINT duty_check CHECK ((done_on IS NULL) = (outcome IS NULL))
);
CREATE INDEX duty_by_division ON duty (division, id);
CREATE INDEX duty_waiting ON duty (division, due_on, id) WHERE done_on IS NULL;
CREATE INDEX duty_open ON duty (division, organisation_id, due_on) WHERE done_on IS NULL;
CREATE TRIGGER cites AFTER INSERT OR UPDATE OF evidence ON duty
    FOR EACH ROW WHEN (NEW.evidence <> '{}'::text[]) EXECUTE FUNCTION cite('evidence');
SELECT pg_temp.within_division('duty');

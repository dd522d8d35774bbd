-- An entry of the diary 走访与驻村日记: who was where on which day, what was found and what was done. It is never
-- altered: a correction is another entry that takes its place. ``late``: written after the policy's days.
CREATE TABLE visit (
    id            uuid PRIMARY KEY,
    division      text COLLATE "C" NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('household', 'village', 'trip')),
    household_id  uuid REFERENCES household(id),
    visited_on    date NOT NULL,
    people        uuid[] NOT NULL CHECK (cardinality(people) > 0),
    names         text[] NOT NULL,
    found         text NOT NULL,
    done          text NOT NULL,
    photos        text[] NOT NULL DEFAULT '{}',
    late          boolean NOT NULL,
    superseded_by uuid REFERENCES visit(id) DEFERRABLE INITIALLY DEFERRED,
    captured_at   timestamptz,
    recorded_at   timestamptz NOT NULL DEFAULT business_now(),
    recorded_by   text NOT NULL,
    CONSTRAINT visit_check CHECK ((kind = 'household'::text) = (household_id IS NOT NULL))
);
CREATE INDEX visit_by_division ON visit (division, visited_on, id);
CREATE INDEX visit_by_household ON visit (household_id, visited_on, id) WHERE household_id IS NOT NULL;
CREATE TRIGGER cites AFTER INSERT OR UPDATE OF photos ON visit
    FOR EACH ROW WHEN (NEW.photos <> '{}'::text[]) EXECUTE FUNCTION cite('photos');
SELECT pg_temp.within_division('visit');

-- The days of each person in each entry that stands, for counting days on duty.
CREATE TABLE visit_person (
    visit_id   uuid NOT NULL REFERENCES visit(id),
    staff_id   uuid NOT NULL,
    division   text COLLATE "C" NOT NULL,
    visited_on date NOT NULL,
    stands     boolean NOT NULL DEFAULT true,
    PRIMARY KEY (visit_id, staff_id)
);
CREATE INDEX visit_person_by_day ON visit_person (staff_id, visited_on) WHERE stands;
SELECT pg_temp.within_division('visit_person');

-- Leave of absence 请假 of somebody posted in a village, both days inclusive. ``level`` is who decides.
CREATE TABLE absence (
    id          uuid PRIMARY KEY,
    division    text COLLATE "C" NOT NULL,
    staff_id    uuid NOT NULL REFERENCES staff(id),
    name        text NOT NULL,
    from_on     date NOT NULL,
    until_on    date NOT NULL,
    reason      text NOT NULL,
    status      text NOT NULL DEFAULT 'asked' CHECK (status IN ('asked', 'approved', 'refused')),
    level       text NOT NULL CHECK (level IN ('town', 'county')),
    policies    jsonb NOT NULL,
    note        text,
    decided_by  text,
    decided_on  date,
    version     integer NOT NULL DEFAULT 1,
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    recorded_by text NOT NULL,
    CONSTRAINT absence_check CHECK (until_on >= from_on)
);
CREATE INDEX absence_by_division ON absence (division, id);
CREATE INDEX absence_waiting ON absence (division, from_on, id) WHERE status = 'asked';
CREATE INDEX absence_by_staff ON absence (staff_id, from_on) WHERE status <> 'refused';
SELECT pg_temp.within_division('absence');

-- What the responsible do 履责: visits as entries of a diary, leave, and the responsibility list.

-- An entry of the diary 走访与驻村日记: who was where on which day, what was found and what was done. It is never
-- altered: a correction is another entry that takes its place. ``late``: written after the policy's days.
CREATE TABLE visit (
    id            uuid PRIMARY KEY,
    division      text COLLATE "C" NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('household', 'village', 'trip')),
    household_id  uuid REFERENCES household,
    visited_on    date NOT NULL,
    people        uuid[] NOT NULL CHECK (cardinality(people) > 0),
    names         text[] NOT NULL,
    found         text NOT NULL,
    done          text NOT NULL,
    photos        text[] NOT NULL DEFAULT '{}',
    late          boolean NOT NULL,
    superseded_by uuid REFERENCES visit DEFERRABLE INITIALLY DEFERRED,
    captured_at   timestamptz,
    recorded_at   timestamptz NOT NULL DEFAULT business_now(),
    recorded_by   text NOT NULL,
    CHECK ((kind = 'household') = (household_id IS NOT NULL))
);
CREATE INDEX visit_by_division ON visit (division, visited_on, id);
CREATE INDEX visit_by_household ON visit (household_id, visited_on, id) WHERE household_id IS NOT NULL;

-- The days of each person in each entry that stands, for counting days on duty.
CREATE TABLE visit_person (
    visit_id   uuid NOT NULL REFERENCES visit,
    staff_id   uuid NOT NULL,
    division   text COLLATE "C" NOT NULL,
    visited_on date NOT NULL,
    stands     boolean NOT NULL DEFAULT true,
    PRIMARY KEY (visit_id, staff_id)
);
CREATE INDEX visit_person_by_day ON visit_person (staff_id, visited_on) WHERE stands;

-- Leave 请假 of somebody posted in a village, both days inclusive. ``level`` is who decides.
CREATE TABLE leave (
    id          uuid PRIMARY KEY,
    division    text COLLATE "C" NOT NULL,
    staff_id    uuid NOT NULL REFERENCES staff,
    name        text NOT NULL,
    from_on     date NOT NULL,
    until_on    date NOT NULL CHECK (until_on >= from_on),
    reason      text NOT NULL,
    status      text NOT NULL DEFAULT 'asked' CHECK (status IN ('asked', 'approved', 'refused')),
    level       text NOT NULL CHECK (level IN ('town', 'county')),
    policies    jsonb NOT NULL,
    note        text,
    decided_by  text,
    decided_on  date,
    version     integer NOT NULL DEFAULT 1,
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    recorded_by text NOT NULL
);
CREATE INDEX leave_by_division ON leave (division, id);
CREATE INDEX leave_by_staff ON leave (staff_id, from_on) WHERE status <> 'refused';

-- An item of the responsibility list 责任清单: what an organisation, and somebody in it, has to do until when.
CREATE TABLE duty (
    id              uuid PRIMARY KEY,
    division        text COLLATE "C" NOT NULL,
    class           text NOT NULL,
    kind            text NOT NULL,
    list_version    text NOT NULL,
    content         text NOT NULL,
    organisation_id uuid NOT NULL REFERENCES organisation,
    organisation    text NOT NULL,
    staff_id        uuid REFERENCES staff,
    name            text,
    due_on          date NOT NULL,
    done_on         date,
    outcome         text,
    evidence        text[] NOT NULL DEFAULT '{}',
    version         integer NOT NULL DEFAULT 1,
    recorded_at     timestamptz NOT NULL DEFAULT business_now(),
    recorded_by     text NOT NULL,
    CHECK ((done_on IS NULL) = (outcome IS NULL))
);
CREATE INDEX duty_by_division ON duty (division, id);
CREATE INDEX duty_open ON duty (division, organisation_id, due_on) WHERE done_on IS NULL;

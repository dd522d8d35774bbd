-- What somebody has in charge 包保、驻村、结对: an organisation a village, a person a village or a household.
-- ``division`` is the village's, so that the village sees its own; names, rank and subject stand here as on the day
-- of the assignment, because the village does not see the county's staff. ``most`` is the limit that applied;
-- ``ended_by`` the change of the household that ended it, so that it comes back if that change was none.
CREATE TABLE responsibility (
    id              uuid PRIMARY KEY,
    division        text COLLATE "C" NOT NULL,
    role            text NOT NULL,
    household_id    uuid REFERENCES household(id),
    organisation_id uuid NOT NULL REFERENCES organisation(id),
    organisation    text NOT NULL,
    level           text NOT NULL,
    staff_id        uuid REFERENCES staff(id),
    name            text,
    rank            text,
    subject         text,
    started_on      date NOT NULL,
    ended_on        date,
    follows         uuid REFERENCES responsibility(id),
    note            text,
    ended_note      text,
    ended_by        uuid,
    most            integer,
    policies        jsonb NOT NULL DEFAULT '[]',
    version         integer NOT NULL DEFAULT 1,
    recorded_at     timestamptz NOT NULL DEFAULT business_now(),
    recorded_by     text NOT NULL,
    CONSTRAINT responsibility_check CHECK (ended_on > started_on),
    CONSTRAINT responsibility_check1 CHECK ((role = 'helper'::text) = (household_id IS NOT NULL)),
    CONSTRAINT responsibility_check2 CHECK ((role = 'department'::text) = (staff_id IS NULL))
);
CREATE INDEX responsibility_by_division ON responsibility (division, id);
CREATE INDEX responsibility_by_household ON responsibility (household_id, started_on) WHERE household_id IS NOT NULL;
CREATE INDEX responsibility_by_staff ON responsibility (staff_id) WHERE staff_id IS NOT NULL;
CREATE INDEX responsibility_by_department ON responsibility (organisation_id) WHERE role = 'department';
CREATE INDEX responsibility_by_subject ON responsibility (subject) WHERE subject IS NOT NULL;
CREATE INDEX responsibility_of_village ON responsibility (division, role) WHERE household_id IS NULL;
-- The same pair once at a time; one secretary, one first secretary, one team leader a village.
CREATE UNIQUE INDEX responsibility_helper ON responsibility (staff_id, household_id)
    WHERE role = 'helper' AND ended_on IS NULL;
CREATE UNIQUE INDEX responsibility_department ON responsibility (organisation_id, division)
    WHERE role = 'department' AND ended_on IS NULL;
CREATE UNIQUE INDEX responsibility_post ON responsibility (staff_id, division, role)
    WHERE ((household_id IS NULL) AND (staff_id IS NOT NULL) AND (ended_on IS NULL));
CREATE UNIQUE INDEX responsibility_single ON responsibility (division, role)
    WHERE ((role = ANY (ARRAY['village_secretary', 'first_secretary', 'team_leader'])) AND (ended_on IS NULL));
SELECT pg_temp.within_division('responsibility');

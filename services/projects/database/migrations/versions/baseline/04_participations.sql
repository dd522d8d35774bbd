CREATE TABLE participation (
    id           uuid PRIMARY KEY,
    project_id   uuid NOT NULL REFERENCES project(id),
    household_id uuid NOT NULL,
    division     text COLLATE "C" NOT NULL,
    recorded_by  text NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT business_now(),
    UNIQUE (project_id, household_id)
);
CREATE INDEX participation_by_household ON participation (household_id);
SELECT pg_temp.within_division('participation', 'SELECT, INSERT, UPDATE (division)');

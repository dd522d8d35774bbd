-- A household's plan to leave poverty 脱贫计划: proposed by one, approved by another. A later plan supersedes it.
CREATE TABLE plan (
    id           uuid PRIMARY KEY,
    household_id uuid NOT NULL REFERENCES household(id),
    division     text COLLATE "C" NOT NULL,
    exit_year    integer NOT NULL,
    status       text NOT NULL CHECK (status IN ('proposed', 'approved', 'superseded')),
    version      integer NOT NULL DEFAULT 1,
    policies     jsonb NOT NULL,
    digest       bytea NOT NULL,
    proposed_on  date NOT NULL DEFAULT business_today(),
    proposed_by  text NOT NULL,
    approved_on  date,
    approved_by  text,
    recorded_at  timestamptz NOT NULL DEFAULT business_now()
);
-- One plan in force and one proposed a household.
CREATE UNIQUE INDEX plan_of_household ON plan (household_id, status) WHERE status <> 'superseded';
CREATE INDEX plan_by_division ON plan (division, id);
CREATE INDEX plan_waiting ON plan (division, id) WHERE status = 'proposed';
SELECT pg_temp.within_division('plan');

-- A measure 帮扶措施 of a plan: of which batch, against which cause, by whom, with how much money (fen).
CREATE TABLE measure (
    id           uuid PRIMARY KEY,
    plan_id      uuid NOT NULL REFERENCES plan(id),
    household_id uuid NOT NULL REFERENCES household(id),
    division     text COLLATE "C" NOT NULL,
    batch        text NOT NULL,
    cause        text NOT NULL,
    what         text NOT NULL,
    owner        text NOT NULL,
    staff_id     uuid REFERENCES staff(id),
    amount       bigint CHECK (amount >= 0),
    project_id   uuid
);
CREATE INDEX measure_of_plan ON measure (plan_id, id);
CREATE INDEX measure_by_division ON measure (division, batch);
SELECT pg_temp.within_division('measure');

-- The countdown 倒排工期: what is due by when; done on a day, shown by papers.
CREATE TABLE milestone (
    id           uuid PRIMARY KEY,
    measure_id   uuid NOT NULL REFERENCES measure(id),
    plan_id      uuid NOT NULL REFERENCES plan(id),
    household_id uuid NOT NULL REFERENCES household(id),
    division     text COLLATE "C" NOT NULL,
    title        text NOT NULL,
    due_on       date NOT NULL,
    owner        text NOT NULL,
    staff_id     uuid REFERENCES staff(id),
    done_on      date,
    note         text,
    evidence     text[] NOT NULL DEFAULT '{}',
    done_by      text
);
CREATE INDEX milestone_of_plan ON milestone (plan_id, due_on);
CREATE INDEX milestone_open ON milestone (division, due_on, id) WHERE done_on IS NULL;
CREATE INDEX milestone_of_staff ON milestone (staff_id, due_on) WHERE done_on IS NULL;
CREATE TRIGGER cites AFTER INSERT OR UPDATE OF evidence ON milestone
    FOR EACH ROW WHEN (NEW.evidence <> '{}'::text[]) EXECUTE FUNCTION cite('evidence');
SELECT pg_temp.within_division('milestone');

-- Every time that a day was moved, and why.
CREATE TABLE milestone_shift (
    id           uuid PRIMARY KEY,
    milestone_id uuid NOT NULL REFERENCES milestone(id),
    division     text COLLATE "C" NOT NULL,
    due_before   date NOT NULL,
    due_after    date NOT NULL,
    ground       text NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT business_now(),
    recorded_by  text NOT NULL
);
CREATE INDEX milestone_shift_of ON milestone_shift (milestone_id, recorded_at);
SELECT pg_temp.within_division('milestone_shift', 'SELECT, INSERT');
SELECT pg_temp.only_moves('milestone_shift');

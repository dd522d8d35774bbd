-- A household's plan to leave poverty 脱贫计划: proposed by one, approved by another. A later plan supersedes it.
CREATE TABLE plan (
    id           uuid PRIMARY KEY,
    household_id uuid NOT NULL REFERENCES household,
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

-- A measure 帮扶措施 of a plan: of which batch, against which cause, by whom, with how much money (fen).
CREATE TABLE measure (
    id              uuid PRIMARY KEY,
    plan_id         uuid NOT NULL REFERENCES plan,
    household_id    uuid NOT NULL REFERENCES household,
    division        text COLLATE "C" NOT NULL,
    batch           text NOT NULL,
    cause           text NOT NULL,
    what            text NOT NULL,
    owner           text NOT NULL,
    staff_id        uuid REFERENCES staff,
    amount          bigint CHECK (amount >= 0),
    project_id      uuid
);
CREATE INDEX measure_of_plan ON measure (plan_id, id);
CREATE INDEX measure_by_division ON measure (division, batch);

-- The countdown 倒排工期: what is due by when; done on a day, shown by papers.
CREATE TABLE milestone (
    id           uuid PRIMARY KEY,
    measure_id   uuid NOT NULL REFERENCES measure,
    plan_id      uuid NOT NULL REFERENCES plan,
    household_id uuid NOT NULL REFERENCES household,
    division     text COLLATE "C" NOT NULL,
    title        text NOT NULL,
    due_on       date NOT NULL,
    owner        text NOT NULL,
    staff_id     uuid REFERENCES staff,
    done_on      date,
    note         text,
    evidence     text[] NOT NULL DEFAULT '{}',
    done_by      text
);
CREATE INDEX milestone_of_plan ON milestone (plan_id, due_on);
CREATE INDEX milestone_open ON milestone (division, due_on, id) WHERE done_on IS NULL;
CREATE INDEX milestone_of_staff ON milestone (staff_id, due_on) WHERE done_on IS NULL;

-- Every time that a day was moved, and why.
CREATE TABLE milestone_shift (
    id           uuid PRIMARY KEY,
    milestone_id uuid NOT NULL REFERENCES milestone,
    division     text COLLATE "C" NOT NULL,
    due_before   date NOT NULL,
    due_after    date NOT NULL,
    ground       text NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT business_now(),
    recorded_by  text NOT NULL
);
CREATE INDEX milestone_shift_of ON milestone_shift (milestone_id, recorded_at);

-- The household's ledger 台账: what each service did for it, from what they told; once for each fact that they told.
CREATE TABLE benefit (
    id           uuid PRIMARY KEY,
    household_id uuid NOT NULL REFERENCES household,
    division     text COLLATE "C" NOT NULL,
    service      text NOT NULL,
    kind         text NOT NULL,
    on_day       date NOT NULL,
    zh           text NOT NULL,
    en           text NOT NULL,
    amount       bigint,
    reference    jsonb NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT business_now()
);
CREATE INDEX benefit_of_household ON benefit (household_id, on_day, id);
CREATE INDEX benefit_by_division ON benefit (division, kind, id);

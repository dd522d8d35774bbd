-- Registered households as the registry tells of them: who may take part.
CREATE TABLE household (
    id       uuid PRIMARY KEY,
    division text COLLATE "C" NOT NULL,
    status   text NOT NULL,
    sequence integer NOT NULL
);
CREATE INDEX household_by_division ON household (division, id);

-- A project 项目 of a village: proposed, approved by another, paid for by funding, delivered.
CREATE TABLE project (
    id          uuid PRIMARY KEY,
    division    text COLLATE "C" NOT NULL,
    name        text NOT NULL,
    kind        text NOT NULL,
    budget      bigint NOT NULL CHECK (budget > 0),
    funded      bigint NOT NULL DEFAULT 0 CHECK (funded BETWEEN 0 AND budget),
    starts_on   date NOT NULL,
    ends_on     date NOT NULL CHECK (ends_on >= starts_on),
    status      text NOT NULL CHECK (status IN ('proposed', 'approved', 'funded', 'delivered')),
    version     integer NOT NULL DEFAULT 1,
    captured_at timestamptz,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL DEFAULT business_now(),
    approved_by text,
    approved_on date
);
CREATE INDEX project_by_division ON project (division, id);

-- What a project is to bring, in the unit of its kind.
CREATE TABLE output (
    project_id uuid NOT NULL REFERENCES project,
    division   text COLLATE "C" NOT NULL,
    kind       text NOT NULL,
    unit       text NOT NULL,
    planned    numeric(14, 2) NOT NULL CHECK (planned > 0),
    PRIMARY KEY (project_id, kind)
);

-- What it brought, as somebody else than its proposer accepted it.
CREATE TABLE delivery (
    id           uuid PRIMARY KEY,
    project_id   uuid NOT NULL,
    division     text COLLATE "C" NOT NULL,
    kind         text NOT NULL,
    unit         text NOT NULL,
    quantity     numeric(14, 2) NOT NULL CHECK (quantity > 0),
    delivered_on date NOT NULL,
    captured_at  timestamptz,
    accepted_by  text NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT business_now(),
    FOREIGN KEY (project_id, kind) REFERENCES output
);
CREATE INDEX delivery_by_project ON delivery (project_id);
CREATE INDEX delivery_by_division ON delivery (division, id);

CREATE TABLE participation (
    id           uuid PRIMARY KEY,
    project_id   uuid NOT NULL REFERENCES project,
    household_id uuid NOT NULL,
    division     text COLLATE "C" NOT NULL,
    recorded_by  text NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT business_now(),
    UNIQUE (project_id, household_id)
);
CREATE INDEX participation_by_household ON participation (household_id);

-- Payments that were told, each counted once.
CREATE TABLE payment (
    id         uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES project,
    division   text COLLATE "C" NOT NULL,
    amount     bigint NOT NULL,
    paid_on    date NOT NULL
);

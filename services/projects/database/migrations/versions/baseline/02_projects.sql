-- A project 项目 of a village: proposed, approved by another, paid for by funding, delivered.
CREATE TABLE project (
    id          uuid PRIMARY KEY,
    division    text COLLATE "C" NOT NULL,
    name        text NOT NULL,
    kind        text NOT NULL,
    budget      bigint NOT NULL CHECK (budget > 0),
    funded      bigint NOT NULL DEFAULT 0,
    starts_on   date NOT NULL,
    ends_on     date NOT NULL,
    status      text NOT NULL CHECK (status IN ('proposed', 'approved', 'funded', 'delivered')),
    version     integer NOT NULL DEFAULT 1,
    captured_at timestamptz,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL DEFAULT business_now(),
    approved_by text,
    approved_on date,
    CONSTRAINT project_check CHECK ((funded >= 0) AND (funded <= budget)),
    CONSTRAINT project_check1 CHECK (ends_on >= starts_on)
);
CREATE INDEX project_by_division ON project (division, id);
CREATE INDEX project_waiting ON project (status, division, id) WHERE status IN ('proposed', 'funded');
SELECT pg_temp.within_division('project');

-- What a project is to bring, in the unit of its kind.
CREATE TABLE output (
    project_id uuid NOT NULL REFERENCES project(id),
    division   text COLLATE "C" NOT NULL,
    kind       text NOT NULL,
    unit       text NOT NULL,
    planned    numeric(14,2) NOT NULL CHECK (planned > (0)::numeric),
    PRIMARY KEY (project_id, kind)
);
SELECT pg_temp.within_division('output', 'SELECT, INSERT, UPDATE (division)');

-- The case of a household's exit 退出: evidence, signatures, notice, and the decision with all it rests on.
CREATE TABLE exit_case (
    id           uuid PRIMARY KEY,
    household_id uuid NOT NULL,
    division     text COLLATE "C" NOT NULL,
    year         integer NOT NULL,
    status       text NOT NULL
        CHECK (status IN ('proposed', 'checked', 'signed', 'published', 'approved', 'refused')),
    evidence     jsonb NOT NULL,
    size         integer NOT NULL,
    income       bigint,
    per_capita   bigint,
    criteria     jsonb NOT NULL DEFAULT '[]',
    policies     jsonb NOT NULL DEFAULT '[]',
    reasons      jsonb NOT NULL DEFAULT '[]',
    captured_at  timestamptz,
    proposed_by  text NOT NULL,
    proposed_on  date NOT NULL,
    checked_by   text,
    checked_on   date,
    signed_on    date,
    signature    text,
    published_by text,
    notice_from  date,
    notice_until date,
    notice_ended boolean NOT NULL DEFAULT false,
    approved_by  text,
    decided_on   date,
    version      integer NOT NULL DEFAULT 1,
    CONSTRAINT exit_case_check CHECK (notice_until > notice_from)
);
CREATE UNIQUE INDEX exit_of_household ON exit_case (household_id, year) WHERE status <> 'refused';
CREATE INDEX exit_by_division ON exit_case (division, id);
SELECT pg_temp.within_division('exit_case');

-- Objections 异议 to a notice: each is answered before anything is decided.
CREATE TABLE objection (
    id          uuid PRIMARY KEY,
    exit_id     uuid NOT NULL REFERENCES exit_case(id),
    division    text COLLATE "C" NOT NULL,
    content     text NOT NULL,
    raised_on   date NOT NULL,
    recorded_by text NOT NULL,
    upheld      boolean,
    answer      text,
    answered_by text,
    answered_on date
);
CREATE INDEX objection_of_exit ON objection (exit_id);
SELECT pg_temp.within_division('objection');

-- Micro-credit 小额信贷: from the bank's own credit, never from fiscal money.
CREATE TABLE loan (
    id           uuid PRIMARY KEY,
    division     text COLLATE "C" NOT NULL,
    household_id uuid NOT NULL,
    borrower_id  uuid NOT NULL,
    bank         text NOT NULL,
    amount       bigint NOT NULL CHECK (amount > 0),
    months       integer NOT NULL CHECK (months > 0),
    use          text NOT NULL,
    status       text NOT NULL CHECK (status IN ('applied', 'approved', 'disbursed', 'refused')),
    covered      bigint,
    policies     jsonb NOT NULL DEFAULT '[]',
    reasons      jsonb NOT NULL DEFAULT '[]',
    captured_at  timestamptz,
    applied_by   text NOT NULL,
    applied_at   timestamptz NOT NULL DEFAULT business_now(),
    approved_by  text,
    approved_at  timestamptz,
    disbursed_by text,
    disbursed_on date,
    due_on       date,
    version      integer NOT NULL DEFAULT 1,
    CONSTRAINT loan_check CHECK ((covered >= 0) AND (covered <= amount))
);
CREATE UNIQUE INDEX loan_of_household ON loan (household_id) WHERE status <> 'refused';
CREATE UNIQUE INDEX loan_of_borrower ON loan (borrower_id) WHERE status <> 'refused';
CREATE INDEX loan_by_division ON loan (division, id);
CREATE INDEX loan_waiting ON loan (status, division, id) WHERE status IN ('applied', 'approved');
SELECT pg_temp.within_division('loan');

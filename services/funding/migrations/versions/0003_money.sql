-- Registered households as the registry tells of them: what rewards and loans have to know.
CREATE TABLE household (
    id            uuid PRIMARY KEY,
    division      text COLLATE "C" NOT NULL,
    number        text NOT NULL,
    status        text NOT NULL,
    identified_on date NOT NULL,
    size          integer NOT NULL,
    members       jsonb NOT NULL,
    sequence      integer NOT NULL
);
CREATE INDEX household_by_division ON household (division, id);

-- Money that came in 资金到位: entered by one person, confirmed by another, and then a lot.
CREATE TABLE inflow (
    id           uuid PRIMARY KEY,
    division     text COLLATE "C" NOT NULL,
    level        text NOT NULL,
    payer        text NOT NULL,
    document_no  text NOT NULL,
    year         integer NOT NULL,
    purpose      text NOT NULL,
    amount       bigint NOT NULL CHECK (amount > 0),
    received_on  date NOT NULL,
    status       text NOT NULL CHECK (status IN ('entered', 'confirmed')),
    entered_by   text NOT NULL,
    entered_at   timestamptz NOT NULL DEFAULT business_now(),
    confirmed_by text,
    confirmed_at timestamptz,
    UNIQUE (document_no, purpose, payer)
);
CREATE INDEX inflow_by_division ON inflow (division, id);

-- Rewards in place of investment 以奖代投: do first, be inspected, then be paid.
CREATE TABLE reward (
    id           uuid PRIMARY KEY,
    division     text COLLATE "C" NOT NULL,
    payee_kind   text NOT NULL CHECK (payee_kind IN ('household', 'person', 'village', 'cooperative', 'enterprise')),
    payee_id     uuid NOT NULL,
    item         text NOT NULL,
    unit         text NOT NULL,
    year         integer NOT NULL,
    claimed      numeric(12, 2) NOT NULL CHECK (claimed > 0),
    accepted     numeric(12, 2),
    amount       bigint,
    status       text NOT NULL CHECK (status IN ('applied', 'inspected', 'approved', 'paid', 'refused')),
    policies     jsonb NOT NULL DEFAULT '[]',
    reasons      jsonb NOT NULL DEFAULT '[]',
    captured_at  timestamptz,
    applied_by   text NOT NULL,
    applied_at   timestamptz NOT NULL DEFAULT business_now(),
    inspected_by text,
    inspected_at timestamptz,
    approved_by  text,
    approved_at  timestamptz,
    paid_by      text,
    paid_on      date,
    version      integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX reward_once ON reward (payee_kind, payee_id, item, year) WHERE status <> 'refused';
CREATE INDEX reward_by_division ON reward (division, id);

-- The county's risk fund at a bank 风险补偿金: what was paid in is its ledger balance; the row is locked by whoever
-- disburses, and keeps what is lent and what of it is covered.
CREATE TABLE risk_fund (
    bank     text PRIMARY KEY,
    division text COLLATE "C" NOT NULL,
    lent     bigint NOT NULL DEFAULT 0,
    covered  bigint NOT NULL DEFAULT 0
);

CREATE TABLE contribution (
    id          uuid PRIMARY KEY,
    bank        text NOT NULL REFERENCES risk_fund,
    division    text COLLATE "C" NOT NULL,
    amount      bigint NOT NULL CHECK (amount > 0),
    paid_on     date NOT NULL,
    recorded_by text NOT NULL
);

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
    CHECK (covered BETWEEN 0 AND amount)
);
CREATE UNIQUE INDEX loan_of_household ON loan (household_id) WHERE status <> 'refused';
CREATE INDEX loan_by_division ON loan (division, id);

-- What approved projects wait for 项目资金: opened because the projects service said so, paid here.
CREATE TABLE project_request (
    id          uuid PRIMARY KEY,
    division    text COLLATE "C" NOT NULL,
    name        text NOT NULL,
    amount      bigint NOT NULL CHECK (amount > 0),
    approved_by text NOT NULL,
    approved_on date NOT NULL,
    paid_by     text,
    paid_on     date
);
CREATE INDEX project_request_by_division ON project_request (division, id);

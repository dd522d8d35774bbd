-- The county's risk fund at a bank 风险补偿金: what was paid in is its ledger balance; the row is locked by whoever
-- disburses, and keeps what is lent and what of it is covered.
CREATE TABLE risk_fund (
    bank     text PRIMARY KEY,
    division text COLLATE "C" NOT NULL,
    lent     bigint NOT NULL DEFAULT 0,
    covered  bigint NOT NULL DEFAULT 0
);
SELECT pg_temp.within_division('risk_fund');

CREATE TABLE contribution (
    id          uuid PRIMARY KEY,
    bank        text NOT NULL REFERENCES risk_fund(bank),
    division    text COLLATE "C" NOT NULL,
    amount      bigint NOT NULL CHECK (amount > 0),
    paid_on     date NOT NULL,
    recorded_by text NOT NULL
);
SELECT pg_temp.within_division('contribution');

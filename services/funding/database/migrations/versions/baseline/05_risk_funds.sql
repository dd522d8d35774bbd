-- The county's risk fund at a bank 风险补偿金: what was paid in is its ledger balance; the row is locked by whoever
-- disburses, and keeps what is lent and what of it is covered.
CREATE TABLE risk_fund (
    division text COLLATE "C" NOT NULL,
    bank     text NOT NULL,
    lent     bigint NOT NULL DEFAULT 0,
    covered  bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (division, bank)
);
SELECT pg_temp.within_division('risk_fund');

CREATE TABLE contribution (
    id          uuid PRIMARY KEY,
    division    text COLLATE "C" NOT NULL,
    bank        text NOT NULL,
    amount      bigint NOT NULL CHECK (amount > 0),
    paid_on     date NOT NULL,
    recorded_by text NOT NULL,
    FOREIGN KEY (division, bank) REFERENCES risk_fund (division, bank)
);
SELECT pg_temp.within_division('contribution');

-- Organisations that are paid 兑付对象: entered by one person, confirmed by another, known by their unified social credit
-- code 统一社会信用代码.
CREATE TABLE payee (
    id           uuid PRIMARY KEY,
    division     text COLLATE "C" NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('village', 'cooperative', 'enterprise')),
    name         text NOT NULL,
    credit_code  text NOT NULL,
    valid_from   date NOT NULL,
    valid_to     date,
    status       text NOT NULL CHECK (status IN ('entered', 'confirmed', 'refused')),
    ground       text,
    entered_by   text NOT NULL,
    entered_at   timestamptz NOT NULL DEFAULT business_now(),
    confirmed_by text,
    confirmed_at timestamptz,
    CONSTRAINT payee_days CHECK (valid_to > valid_from)
);
-- Known once in a county: another may pay the same enterprise.
CREATE UNIQUE INDEX payee_of_code ON payee (left(division, 6), credit_code) WHERE status <> 'refused';
CREATE INDEX payee_by_division ON payee (division, id);
CREATE INDEX payee_waiting ON payee (division, id) WHERE status = 'entered';
SELECT pg_temp.within_division('payee');

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
    UNIQUE (division, document_no, purpose, payer)
);
CREATE INDEX inflow_by_division ON inflow (division, id);
CREATE INDEX inflow_waiting ON inflow (division, id) WHERE status = 'entered';
SELECT pg_temp.within_division('inflow');

-- Payments 支付 that funding released for projects, each counted once.
CREATE TABLE payment (
    id         uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES project(id),
    division   text COLLATE "C" NOT NULL,
    amount     bigint NOT NULL,
    paid_on    date NOT NULL
);
SELECT pg_temp.within_division('payment', 'SELECT, INSERT, UPDATE (division)');

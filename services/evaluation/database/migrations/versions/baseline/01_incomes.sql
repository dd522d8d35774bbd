-- Income of a household in a year 收入, line by line. Whether a kind counts is policy, not a column.
CREATE TABLE income (
    id           uuid PRIMARY KEY,
    household_id uuid NOT NULL,
    division     text COLLATE "C" NOT NULL,
    year         integer NOT NULL,
    kind         text NOT NULL,
    amount       bigint NOT NULL CHECK (amount >= 0),
    note         text,
    captured_at  timestamptz,
    recorded_at  timestamptz NOT NULL DEFAULT business_now(),
    recorded_by  text NOT NULL
);
CREATE INDEX income_of_household ON income (household_id, year);
CREATE INDEX income_by_division ON income (division, id);
SELECT pg_temp.within_division('income', 'SELECT, INSERT, UPDATE (division)');

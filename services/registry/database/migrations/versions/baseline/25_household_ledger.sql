-- The household's ledger 台账: what each service did for it, from their events; once for each fact.
CREATE TABLE household_ledger (
    id           uuid PRIMARY KEY,
    household_id uuid NOT NULL REFERENCES household(id),
    division     text COLLATE "C" NOT NULL,
    service      text NOT NULL,
    kind         text NOT NULL,
    on_day       date NOT NULL,
    zh           text NOT NULL,
    en           text NOT NULL,
    amount       bigint,
    reference    jsonb NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT business_now()
);
CREATE INDEX household_ledger_of_household ON household_ledger (household_id, on_day, id);
CREATE INDEX household_ledger_by_division ON household_ledger (division, kind, id);
SELECT pg_temp.within_division('household_ledger', 'SELECT, INSERT');
SELECT pg_temp.only_moves('household_ledger');

-- The household's ledger 台账: what each service did for it, from what they told; once for each fact that they told.
CREATE TABLE benefit (
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
CREATE INDEX benefit_of_household ON benefit (household_id, on_day, id);
CREATE INDEX benefit_by_division ON benefit (division, kind, id);
SELECT pg_temp.within_division('benefit', 'SELECT, INSERT');
SELECT pg_temp.append_only('benefit');

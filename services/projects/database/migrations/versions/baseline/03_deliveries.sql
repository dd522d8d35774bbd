-- What it brought, as somebody else than its proposer accepted it.
CREATE TABLE delivery (
    id           uuid PRIMARY KEY,
    project_id   uuid NOT NULL,
    division     text COLLATE "C" NOT NULL,
    kind         text NOT NULL,
    unit         text NOT NULL,
    quantity     numeric(14,2) NOT NULL CHECK (quantity > (0)::numeric),
    delivered_on date NOT NULL,
    captured_at  timestamptz,
    accepted_by  text NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT business_now(),
    FOREIGN KEY (project_id, kind) REFERENCES output(project_id, kind)
);
CREATE INDEX delivery_by_project ON delivery (project_id);
CREATE INDEX delivery_by_division ON delivery (division, id);
SELECT pg_temp.within_division('delivery', 'SELECT, INSERT, UPDATE (division)');

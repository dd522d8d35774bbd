-- What is held 暂缓 because whoever is to get it is not who may: with the reasons, until somebody who had no part in it
-- releases or refuses it. It lapses where no reason is left.
CREATE TABLE hold (
    id            uuid PRIMARY KEY,
    division      text COLLATE "C" NOT NULL,
    document_kind text NOT NULL CHECK (document_kind IN ('reward', 'loan')),
    document_id   uuid NOT NULL,
    household_id  uuid,
    reasons       jsonb NOT NULL,
    applied_by    text NOT NULL,
    inspected_by  text,
    approved_by   text,
    held_by       text NOT NULL,
    held_at       timestamptz NOT NULL DEFAULT business_now(),
    decision      text CHECK (decision IN ('release', 'refuse', 'lapse')),
    ground        text,
    decided_by    text,
    decided_at    timestamptz,
    CONSTRAINT hold_decided CHECK (num_nonnulls(decision, decided_by, decided_at) IN (0, 3))
);
CREATE UNIQUE INDEX hold_open ON hold (document_id) WHERE decision IS NULL;
CREATE INDEX hold_of_document ON hold (document_id);
CREATE INDEX hold_by_division ON hold (division, id);
CREATE INDEX hold_waiting ON hold (division, id) WHERE decision IS NULL;
SELECT pg_temp.within_division('hold');

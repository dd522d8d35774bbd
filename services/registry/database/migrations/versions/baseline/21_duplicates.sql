-- Two persons of whom somebody looked whether they are one 疑似重复核查.
CREATE TABLE duplicate_decision (
    id          uuid PRIMARY KEY,
    person_id   uuid NOT NULL REFERENCES person(id),
    other_id    uuid NOT NULL REFERENCES person(id),
    division    text COLLATE "C" NOT NULL,
    verdict     text NOT NULL CHECK (verdict IN ('same', 'different')),
    ground      text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    recorded_by text NOT NULL,
    CONSTRAINT duplicate_decision_check CHECK (other_id > person_id)
);
CREATE UNIQUE INDEX duplicate_decision_of ON duplicate_decision (person_id, other_id);
CREATE INDEX duplicate_decision_by_division ON duplicate_decision (division, id);
SELECT pg_temp.within_division('duplicate_decision', 'SELECT, INSERT');

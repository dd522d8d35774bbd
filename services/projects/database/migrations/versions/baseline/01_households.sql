-- Registered households as the registry tells of them: who may take part.
CREATE TABLE household (
    id       uuid PRIMARY KEY,
    division text COLLATE "C" NOT NULL,
    status   text NOT NULL,
    sequence integer NOT NULL
);
CREATE INDEX household_by_division ON household (division, id);
SELECT pg_temp.within_division('household');

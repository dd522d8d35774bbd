-- Registered households as the registry tells of them: whose income is counted and who may exit.
CREATE TABLE household (
    id            uuid PRIMARY KEY,
    division      text COLLATE "C" NOT NULL,
    status        text NOT NULL,
    size          integer NOT NULL,
    identified_on date NOT NULL,
    sequence      integer NOT NULL
);
CREATE INDEX household_by_division ON household (division, id);
SELECT pg_temp.within_division('household');

-- Divisions with their names, as the registry publishes them. No row of it tells anything of a person.
CREATE TABLE division (
    code       text COLLATE "C" NOT NULL,
    valid_from date NOT NULL,
    name       text NOT NULL,
    valid_to   date,
    sequence   bigint NOT NULL,
    PRIMARY KEY (code, valid_from)
);
SELECT pg_temp.granted('division', 'SELECT, INSERT, UPDATE');

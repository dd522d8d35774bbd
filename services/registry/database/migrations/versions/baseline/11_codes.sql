-- Code lists of a division's own 地方代码表, beside the national ones.
CREATE TABLE local_code (
    division    text COLLATE "C" NOT NULL,
    list        text NOT NULL,
    code        text NOT NULL,
    text        text NOT NULL,
    version     text NOT NULL,
    valid_from  date NOT NULL,
    valid_to    date,
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    recorded_by text NOT NULL,
    PRIMARY KEY (division, list, code, valid_from),
    CONSTRAINT local_code_check CHECK (valid_to > valid_from)
);
SELECT pg_temp.within_division('local_code');

-- Household certificates 户有证. What one says is kept as it was when it was issued; a new one supersedes it. ``code``
-- is printed as a QR code: random, so nobody finds one by trying, and it leads to nothing but whether the paper stands.
CREATE TABLE certificate (
    id            uuid PRIMARY KEY,
    division      text COLLATE "C" NOT NULL,
    household_id  uuid NOT NULL REFERENCES household,
    serial        text COLLATE "C" NOT NULL UNIQUE,
    code          uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    issued_on     date NOT NULL,
    content       jsonb NOT NULL,
    reason        text NOT NULL,
    superseded_at timestamptz,
    recorded_at   timestamptz NOT NULL DEFAULT business_now(),
    recorded_by   text NOT NULL
);
CREATE UNIQUE INDEX certificate_of_household ON certificate (household_id, division) WHERE superseded_at IS NULL;
CREATE INDEX certificate_by_household ON certificate (household_id, division, id);
CREATE INDEX certificate_by_division ON certificate (division, id);
CREATE INDEX certificate_by_serial ON certificate (division, serial);

-- The last number given in a village and year.
CREATE TABLE certificate_serial (
    division text COLLATE "C" NOT NULL,
    year     integer NOT NULL,
    last     integer NOT NULL,
    PRIMARY KEY (division, year)
);

-- The name of a division today, else its last one.
CREATE FUNCTION place(p_code text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT name FROM division WHERE code = p_code COLLATE "C"
    ORDER BY valid_from > business_today(), valid_from DESC LIMIT 1
$$;

-- How a certificate stands, for whoever holds its code in any division: nothing of the household.
CREATE FUNCTION verify_certificate(p_code uuid)
    RETURNS TABLE (standing text, issued_on date, division text, village text) LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN c.superseded_at IS NOT NULL THEN 'superseded'
            WHEN h.status <> c.content ->> 'status' OR h.division <> c.division THEN 'outdated' ELSE 'valid' END,
        c.issued_on, c.division, c.content ->> 'village'
    FROM certificate c JOIN household h ON h.id = c.household_id WHERE c.code = p_code
$$;

-- Whoever writes postings: each entry balances, lot by lot, and has at least two.
CREATE OR REPLACE FUNCTION postings_balance()
 RETURNS trigger
 LANGUAGE plpgsql
AS $$
BEGIN
    IF EXISTS (SELECT FROM inserted GROUP BY entry_id, lot_id HAVING sum(amount) <> 0)
        OR EXISTS (SELECT FROM inserted GROUP BY entry_id HAVING count(*) < 2) THEN
        RAISE EXCEPTION 'postings of an entry do not balance' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'entry_balances';
    END IF;
    RETURN NULL;
END $$;

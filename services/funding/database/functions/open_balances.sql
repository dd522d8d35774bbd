-- Balance rows for what entries touch, made where missing and locked in one order.
CREATE OR REPLACE FUNCTION open_balances(p_rows jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $$
BEGIN
    INSERT INTO balance (account_id, lot_id, division, unlimited)
    SELECT moved.account_id, moved.lot_id, a.division, a.unlimited
    FROM movements(p_rows) AS moved JOIN account a ON a.id = moved.account_id
    ORDER BY moved.account_id, moved.lot_id ON CONFLICT DO NOTHING;
    PERFORM FROM (SELECT * FROM movements(p_rows) ORDER BY account_id, lot_id) AS moved
        CROSS JOIN LATERAL (SELECT FROM balance b
            WHERE b.account_id = moved.account_id AND b.lot_id = moved.lot_id FOR UPDATE) AS locked;
END $$;

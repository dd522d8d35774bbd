-- What entries add to each balance.
CREATE OR REPLACE FUNCTION movements(p_rows jsonb)
 RETURNS TABLE(account_id uuid, lot_id uuid, amount bigint)
 LANGUAGE sql
 ROWS 8
AS $$
    SELECT side.account_id, line.lot, sum(side.amount)::bigint
    FROM jsonb_to_recordset(p_rows) AS row(lines jsonb),
        jsonb_to_recordset(row.lines) AS line("from" uuid, "to" uuid, lot uuid, amount bigint),
        LATERAL (VALUES (line."from", -line.amount), (line."to", line.amount)) AS side(account_id, amount)
    GROUP BY side.account_id, line.lot
$$;

CREATE OR REPLACE FUNCTION write_entries(p_rows jsonb, p_actor text)
 RETURNS void
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $$
BEGIN
    INSERT INTO entry (id, division, kind, document_kind, document_id, effective_on, actor, approver, reverses)
    SELECT row.id, row.division, row.kind, row.document_kind, row.document_id, row.effective_on, p_actor,
        row.approver, row.reverses
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, kind text, document_kind text, document_id uuid,
        effective_on date, approver text, reverses uuid);

    INSERT INTO posting (entry_id, position, account_id, lot_id, division, amount)
    SELECT row.id, row_number() OVER (PARTITION BY row.id ORDER BY line.position, side.amount), side.account_id,
        line.lot, a.division, side.amount
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, lines jsonb),
        ROWS FROM (jsonb_to_recordset(row.lines) AS ("from" uuid, "to" uuid, lot uuid, amount bigint))
            WITH ORDINALITY AS line("from", "to", lot, amount, position),
        LATERAL (VALUES (line."from", -line.amount), (line."to", line.amount)) AS side(account_id, amount)
    JOIN account a ON a.id = side.account_id;

    UPDATE balance b SET amount = b.amount + moved.amount
    FROM movements(p_rows) AS moved WHERE b.account_id = moved.account_id AND b.lot_id = moved.lot_id;
END $$;

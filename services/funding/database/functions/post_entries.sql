-- Post entries [{id, division, kind, document_kind, document_id, effective_on, approver, reverses,
-- lines: [{from, to, lot, amount}]}]: together where every balance allows it, else one by one, so that an overdraft
-- refuses its own entry only. Answers an outcome for each: posted, unchanged (this id is posted already),
-- insufficient.
CREATE OR REPLACE FUNCTION post_entries(p_rows jsonb, p_actor text)
 RETURNS TABLE(id uuid, outcome text)
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $$
DECLARE
    fresh jsonb;
    one jsonb;
    short boolean;
BEGIN
    RETURN QUERY SELECT e.id, 'unchanged' FROM entry e
        JOIN jsonb_to_recordset(p_rows) AS row(id uuid) ON row.id = e.id;
    SELECT jsonb_agg(row ORDER BY position) INTO fresh
        FROM jsonb_array_elements(p_rows) WITH ORDINALITY AS list(row, position)
        WHERE NOT EXISTS (SELECT FROM entry e WHERE e.id = (row ->> 'id')::uuid);
    IF fresh IS NULL THEN
        RETURN;
    END IF;
    PERFORM open_balances(fresh);
    SELECT bool_or(NOT b.unlimited AND b.amount + moved.amount < 0) INTO short
        FROM movements(fresh) AS moved JOIN balance b USING (account_id, lot_id);
    IF short AND jsonb_array_length(fresh) = 1 THEN
        RETURN QUERY SELECT (fresh -> 0 ->> 'id')::uuid, 'insufficient';
    ELSIF short THEN
        FOR one IN SELECT row FROM jsonb_array_elements(fresh) AS list(row) LOOP
            RETURN QUERY SELECT posted.id, posted.outcome FROM post_entries(jsonb_build_array(one), p_actor) AS posted;
        END LOOP;
    ELSE
        PERFORM write_entries(fresh, p_actor);
        RETURN QUERY SELECT row.id, 'posted' FROM jsonb_to_recordset(fresh) AS row(id uuid);
    END IF;
END $$;

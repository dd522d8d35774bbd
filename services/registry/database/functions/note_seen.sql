-- A line of the record for a call that showed households of a list, and a line for each of them.
CREATE OR REPLACE FUNCTION note_seen(p_caller jsonb, p_action text, p_division text, p_reason text, p_households uuid[], p_divisions text[])
 RETURNS bigint
 LANGUAGE plpgsql
AS $$
DECLARE
    v_entry bigint;
BEGIN
    INSERT INTO audit_entry (actor, roles, actor_division, purpose, action, object_kind, object_id, division, reason,
        after, request_id)
    VALUES (p_caller ->> 'subject', (p_caller ->> 'roles')::text[], p_caller ->> 'division', p_caller ->> 'purpose',
        p_action, 'list', cardinality(p_households) || ' households', p_division, p_reason,
        jsonb_build_object('households', p_households), p_caller ->> 'request_id')
    RETURNING id INTO v_entry;
    INSERT INTO viewing (division, entry_id, household_id, actor, roles, purpose, action, reason)
    SELECT DISTINCT seen.division, v_entry, seen.household_id, p_caller ->> 'subject',
        (p_caller ->> 'roles')::text[], p_caller ->> 'purpose', p_action, p_reason
    FROM unnest(p_households, p_divisions) AS seen(household_id, division);
    RETURN v_entry;
END $$;

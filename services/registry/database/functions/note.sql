-- A line of the audit record on behalf of a caller {subject, roles (as an array literal), division, purpose,
-- request_id}.
CREATE OR REPLACE FUNCTION note(p_caller jsonb, p_action text, p_kind text, p_id text, p_division text, p_after jsonb)
 RETURNS void
 LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO audit_entry (actor, roles, actor_division, purpose, action, object_kind, object_id, division, after,
        request_id)
    VALUES (p_caller ->> 'subject', (p_caller ->> 'roles')::text[], p_caller ->> 'division',
        p_caller ->> 'purpose', p_action, p_kind, p_id, p_division, p_after, p_caller ->> 'request_id');
END $$;

CREATE OR REPLACE FUNCTION used_policy_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.used_at IS NOT NULL AND (TG_OP = 'DELETE'
        OR (to_jsonb(NEW) - 'used_at') IS DISTINCT FROM (to_jsonb(OLD) - 'used_at') OR NEW.used_at IS NULL) THEN
        RAISE EXCEPTION 'policy % version % was used and cannot change', OLD.key, OLD.version
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

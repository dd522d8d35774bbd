-- Many may record and sign in a round at once; whoever closes it waits for them and then they for him.
CREATE OR REPLACE FUNCTION enter_round(p_id uuid, p_alone boolean)
 RETURNS void
 LANGUAGE plpgsql
AS $$
BEGIN
    IF p_alone THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(p_id::text, 5));
    ELSE
        PERFORM pg_advisory_xact_lock_shared(hashtextextended(p_id::text, 5));
    END IF;
END $$;

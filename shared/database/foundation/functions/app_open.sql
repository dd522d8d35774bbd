-- Opens a transaction's scope: the caller's division prefix ('' = none) and its one business moment
-- (NULL = ask the simulated clock). Transaction-local, so nothing can leak to the next user of the connection.
CREATE OR REPLACE FUNCTION app_open(p_division text, p_now timestamptz) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz := p_now;
BEGIN
    IF p_division !~ '^[0-9]*$' THEN
        RAISE EXCEPTION 'a division code has digits only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF moment IS NULL THEN
        SELECT now INTO STRICT moment FROM simulated_clock;
    END IF;
    PERFORM set_config('app.division', p_division, true), set_config('app.now', moment::text, true);
    RETURN moment;
END $$;

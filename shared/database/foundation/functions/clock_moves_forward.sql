CREATE OR REPLACE FUNCTION clock_moves_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.now < OLD.now THEN
        RAISE EXCEPTION 'the simulated clock only moves forward' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- Whether what holds from a day until another (exclusive, NULL = still) holds on a day. The planner puts the text in the
-- place of each call, so that indexes serve it.
CREATE OR REPLACE FUNCTION held_on(p_from date, p_until date, p_day date) RETURNS boolean LANGUAGE sql IMMUTABLE AS
    $$ SELECT p_from <= p_day AND (p_until IS NULL OR p_until > p_day) $$;

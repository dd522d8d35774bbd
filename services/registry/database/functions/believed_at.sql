-- Whether what was recorded, and perhaps superseded since, was believed at a moment. Put in place like held_on.
CREATE OR REPLACE FUNCTION believed_at(p_recorded timestamptz, p_superseded timestamptz, p_moment timestamptz)
RETURNS boolean LANGUAGE sql IMMUTABLE AS
    $$ SELECT p_recorded <= p_moment AND (p_superseded IS NULL OR p_superseded > p_moment) $$;

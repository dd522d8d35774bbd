-- A registered household belongs to the register from another day on, because its day of identification was corrected: what
-- was believed from its first day on is believed from the other one on, and its registration counts on that day. The
-- lines restate the registration, so a closed year keeps what it was closed with. A household that entered in another
-- way counts from the day on which it was taken in.
CREATE OR REPLACE FUNCTION begin_household(p_id uuid, p_was date, p_day date, p_version integer, p_because uuid, p_actor text)
 RETURNS void
 LANGUAGE plpgsql
AS $$
DECLARE
    v_entry change;
    v_reached date := greatest(p_was, p_day);
    v_before date := greatest(p_was + 1, p_day);
BEGIN
    SELECT c.* INTO v_entry FROM change c
    WHERE c.household_id = p_id AND c.kind = 'registration' AND c.restates IS NULL;
    IF v_entry.id IS NULL OR p_was = p_day OR p_was <> (
        SELECT min(s.effective_from) FROM household_state_believed s WHERE s.household_id = p_id) THEN
        RETURN;
    END IF;
    INSERT INTO change (id, household_id, division, version, kind, reason, through, effective_on, households, persons,
        times, restates, because, recorded_by)
    SELECT gen_random_uuid(), p_id, counted.division, p_version, v_entry.kind, v_entry.reason, v_entry.through,
        moved.day, moved.sign * counted.households, moved.sign * counted.persons, moved.sign * counted.times,
        v_entry.id, p_because, p_actor
    FROM (SELECT c.division, sum(c.households) AS households, sum(c.persons) AS persons, sum(c.times) AS times
        FROM change c WHERE c.id = v_entry.id OR c.restates = v_entry.id GROUP BY c.division) AS counted,
        (VALUES (p_was, -1), (p_day, 1)) AS moved(day, sign)
    ORDER BY moved.sign;

    WITH gone AS (
        UPDATE household_state s SET superseded_at = business_now()
        WHERE s.household_id = p_id AND s.superseded_at IS NULL AND s.effective_from < v_before
        RETURNING s.*
    )
    INSERT INTO household_state (household_id, division, version, status, size, attribute, main_cause, other_causes,
        facts, origins, effective_from, effective_to)
    SELECT p_id, division, p_version, status, size, attribute, main_cause, other_causes, facts, origins, p_day,
        effective_to
    FROM gone WHERE effective_to IS NULL OR effective_to > v_reached;

    -- Who left on the first day itself was there for no day: where nothing else is known of them, that stays known.
    WITH gone AS (
        UPDATE membership m SET superseded_at = business_now()
        WHERE m.household_id = p_id AND m.superseded_at IS NULL AND m.joined_on < v_before
        RETURNING m.*
    )
    INSERT INTO membership (household_id, person_id, division, version, relation, joined_on, left_on, facts, origins)
    SELECT p_id, person_id, division, p_version, relation, p_day, left_on, facts, origins FROM gone
    WHERE left_on IS NULL OR left_on > v_reached OR left_on = v_reached AND NOT EXISTS (
        SELECT FROM membership_believed later WHERE later.household_id = p_id
            AND later.person_id = gone.person_id AND later.joined_on >= v_before);
END $$;

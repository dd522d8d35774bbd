-- Persons within sight by the index of their identity number, each with the household where they live; every household that
-- was found is noted. Arrays, one element a person: ``positions`` are those of the indexes that were asked. A plan of its own
-- for each call would take longer than the call.
CREATE OR REPLACE FUNCTION find_persons(p_division text, p_now timestamp with time zone, p_caller jsonb, p_indexes bytea[], OUT positions integer[], OUT persons uuid[], OUT households uuid[], OUT divisions text[], OUT numbers text[], OUT statuses text[])
 RETURNS record
 LANGUAGE plpgsql
 SET plan_cache_mode TO 'force_generic_plan'
AS $$
BEGIN
    PERFORM app_open(p_division, p_now), set_config('synchronous_commit', 'off', true);
    SELECT coalesce(array_agg(asked.position), '{}'), coalesce(array_agg(p.id), '{}'), coalesce(array_agg(h.id), '{}'),
            coalesce(array_agg(h.division), '{}'), coalesce(array_agg(h.number), '{}'), coalesce(array_agg(h.status), '{}')
        INTO positions, persons, households, divisions, numbers, statuses
        FROM unnest(p_indexes) WITH ORDINALITY AS asked(identity_index, position)
        -- LIMIT keeps the planner to one lookup a person, whatever it believes about the scope's size.
        CROSS JOIN LATERAL (SELECT one.id FROM person one
            WHERE one.identity_index = asked.identity_index LIMIT 1) AS p
        JOIN membership_now m ON m.person_id = p.id
        JOIN household h ON h.id = m.household_id;
    PERFORM note_seen(p_caller, 'looked_up', p_division, NULL, households, divisions);
END $$;

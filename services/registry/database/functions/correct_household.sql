-- Rewrite what is believed of households (``states``) and of their members (``memberships``) without a change to
-- who is registered: each given row replaces what was believed of the same stretch of days.
CREATE OR REPLACE FUNCTION correct_household(p_id uuid, p_row jsonb, p_actor text)
 RETURNS void
 LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO change (id, household_id, division, version, kind, reason, through, effective_on, households, persons,
        person_id, ground, source, evidence, before, after, captured_at, effect,
        recorded_by)
    SELECT change_id, p_id, division, version, kind, reason, 'direct', effective_on, 0, 0, person_id, ground, source,
        coalesce(evidence, '{}'), before, after, captured_at, nullif(effect, 'null'), p_actor
    FROM jsonb_to_record(p_row) AS row(change_id uuid, division text, version integer, kind text, reason text,
        effective_on date, person_id uuid, ground text, source text, evidence text[], before jsonb, after jsonb,
        captured_at timestamptz, effect jsonb);

    UPDATE household_state s SET superseded_at = business_now()
    FROM jsonb_to_recordset(p_row -> 'states') AS new(replaces date)
    WHERE s.household_id = p_id AND s.superseded_at IS NULL AND s.effective_from = new.replaces;
    INSERT INTO household_state (household_id, division, version, status, size, attribute, main_cause, other_causes,
        facts, origins, effective_from, effective_to)
    SELECT p_id, division, (p_row ->> 'version')::integer, status, size, attribute, main_cause, other_causes, facts,
        origins, effective_from, effective_to
    FROM jsonb_to_recordset(p_row -> 'states') AS new(division text, status text, size integer, attribute text,
        main_cause text, other_causes text[], facts jsonb, origins jsonb, effective_from date, effective_to date);
    UPDATE household h SET attribute = s.attribute, main_cause = s.main_cause, other_causes = s.other_causes,
        facts = s.facts, origins = s.origins, version = (p_row ->> 'version')::integer
    FROM household_state_now s WHERE h.id = p_id AND s.household_id = p_id;

    UPDATE membership m SET superseded_at = business_now()
    FROM jsonb_to_recordset(p_row -> 'memberships') AS new(person_id uuid, replaces date)
    WHERE m.household_id = p_id AND m.person_id = new.person_id AND m.superseded_at IS NULL
        AND m.joined_on = new.replaces;
    INSERT INTO membership (household_id, person_id, division, version, relation, joined_on, left_on, facts, origins)
    SELECT p_id, person_id, division, (p_row ->> 'version')::integer, relation, joined_on, left_on, facts, origins
    FROM jsonb_to_recordset(p_row -> 'memberships') AS new(person_id uuid, division text, relation text,
        joined_on date, left_on date, facts jsonb, origins jsonb);

    PERFORM begin_household(p_id, h.identified_on, new.identified_on, (p_row ->> 'version')::integer,
        (p_row ->> 'change_id')::uuid, p_actor)
    FROM household h, jsonb_to_record(p_row -> 'known_by') AS new(identified_on date)
    WHERE h.id = p_id AND jsonb_typeof(p_row -> 'known_by') = 'object';
    UPDATE household h SET number = new.number, identified_on = new.identified_on, phone = new.phone,
        phone_masked = new.phone_masked, phone_index = decode(new.phone_index, 'hex'), bank_card = new.bank_card,
        card_masked = new.card_masked
    FROM jsonb_to_record(p_row -> 'known_by') AS new(number text, identified_on date, phone text, phone_masked text,
        phone_index text, bank_card text, card_masked text)
    WHERE h.id = p_id AND jsonb_typeof(p_row -> 'known_by') = 'object';

    PERFORM tell(jsonb_build_array(p_row), 'registry.household');
END $$;

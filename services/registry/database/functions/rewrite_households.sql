-- Rewrite what is believed of households that the caller has locked, from a day on: a change of an earlier day became
-- known, or one turned out wrong. ``states`` and ``memberships`` are believed from now on, those that began on the days of
-- ``states_gone`` and ``memberships_gone`` no longer; nothing is erased. ``lines`` are what is new in the list of changes:
-- the change itself, and what it makes others add. A household that never was leaves its number to others. ``founds`` and ``joins`` as in apply_changes.
CREATE OR REPLACE FUNCTION rewrite_households(p_rows jsonb, p_actor text)
 RETURNS void
 LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO household (id, division, number, version, status, size, identified_on, attribute, main_cause,
        other_causes, facts, source, digest, recorded_by)
    SELECT row.id, row.division, row.number, row.version, row.status, row.size, row.identified_on, row.attribute,
        row.main_cause, row.other_causes, row.facts, 'change:' || row.change_id, decode(row.founds, 'hex'), p_actor
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, number text, version integer, status text,
        size integer, identified_on date, attribute text, main_cause text, other_causes text[], facts jsonb,
        change_id uuid, founds text)
    WHERE row.founds IS NOT NULL;
    PERFORM newcomers(p_rows, p_actor);

    UPDATE household_state s SET superseded_at = business_now()
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, states_gone jsonb), jsonb_array_elements_text(row.states_gone) AS gone(day)
    WHERE s.household_id = row.id AND s.superseded_at IS NULL AND s.effective_from = gone.day::date;
    INSERT INTO household_state (household_id, division, version, status, size, attribute, main_cause, other_causes,
        facts, origins, effective_from, effective_to)
    SELECT row.id, s.division, row.version, s.status, s.size, s.attribute, s.main_cause, s.other_causes, s.facts,
        s.origins, s.effective_from, s.effective_to
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, version integer, states jsonb),
        jsonb_to_recordset(row.states) AS s(division text, status text, size integer, attribute text, main_cause text,
            other_causes text[], facts jsonb, origins jsonb, effective_from date, effective_to date);

    -- Everybody goes before anybody comes: a person lives in one household at a time.
    UPDATE membership m SET superseded_at = business_now()
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, memberships_gone jsonb),
        jsonb_to_recordset(row.memberships_gone) AS gone(person_id uuid, joined_on date)
    WHERE m.household_id = row.id AND m.person_id = gone.person_id AND m.superseded_at IS NULL
        AND m.joined_on = gone.joined_on AND (m.left_on IS NULL OR m.left_on > m.joined_on);
    INSERT INTO membership (household_id, person_id, division, version, relation, joined_on, left_on, facts, origins)
    SELECT row.id, m.person_id, m.division, row.version, m.relation, m.joined_on, m.left_on, m.facts, m.origins
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, version integer, memberships jsonb),
        jsonb_to_recordset(row.memberships) AS m(person_id uuid, division text, relation text, joined_on date,
            left_on date, facts jsonb, origins jsonb);
    UPDATE person p SET division = m.division
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, memberships jsonb),
        jsonb_to_recordset(row.memberships) AS m(person_id uuid, division text, left_on date)
    WHERE p.id = m.person_id AND m.left_on IS NULL AND p.division <> m.division;

    UPDATE household h SET division = row.division, number = row.number, version = row.version, status = row.status, size = row.size,
        attribute = row.attribute, main_cause = row.main_cause, other_causes = row.other_causes, facts = row.facts,
        origins = row.origins
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, number text, version integer, status text, size integer,
        attribute text, main_cause text, other_causes text[], facts jsonb, origins jsonb)
    WHERE h.id = row.id;

    INSERT INTO change (id, household_id, division, version, kind, reason, through, effective_on, households, persons,
        person_id, ground, source, evidence, before, after, lineage, effect, captured_at, times, restates, because,
        cancels, recorded_by)
    SELECT line.id, row.id, line.division, row.version, line.kind, line.reason, line.through, line.effective_on,
        line.households, line.persons, line.person_id, line.ground, line.source, coalesce(line.evidence, '{}'),
        line.before, line.after, line.lineage, line.effect, line.captured_at, line.times, line.restates, line.because,
        line.cancels, p_actor
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, version integer, lines jsonb),
        jsonb_to_recordset(row.lines) AS line(id uuid, division text, kind text, reason text, through text,
            effective_on date, households integer, persons integer, person_id uuid, ground text, source text,
            evidence text[], before jsonb, after jsonb, lineage jsonb, effect jsonb, captured_at timestamptz,
            times smallint, restates uuid, because uuid, cancels uuid);

    PERFORM tell(p_rows, 'registry.household');
END $$;

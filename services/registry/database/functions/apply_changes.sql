-- Apply one change to each of a list of households that the caller has locked (each at most once a call). A row
-- says how the household is afterwards, who came or went, and what the change adds to the register's numbers.
-- ``founds`` is a household that begins with this change (split off another); ``division`` where it is afterwards.
CREATE OR REPLACE FUNCTION apply_changes(p_rows jsonb, p_actor text)
 RETURNS void
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $$
BEGIN
    INSERT INTO household (id, division, number, version, status, size, identified_on, attribute, main_cause,
        other_causes, facts, source, digest, captured_at, recorded_by)
    SELECT row.id, row.division, row.number, row.version, row.status, row.size, row.identified_on, row.attribute,
        row.main_cause, row.other_causes, row.facts, 'change:' || row.change_id, decode(row.founds, 'hex'),
        row.captured_at, p_actor
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, number text, version integer, status text,
        size integer, identified_on date, attribute text, main_cause text, other_causes text[], facts jsonb,
        change_id uuid, founds text, captured_at timestamptz)
    WHERE row.founds IS NOT NULL;

    -- Valid time: the open state ends on the day of the change. Belief: the open row is superseded, never erased.
    INSERT INTO household_state (household_id, division, version, status, size, attribute, main_cause, other_causes,
        facts, origins, effective_from, effective_to)
    SELECT s.household_id, s.division, row.version, s.status, s.size, s.attribute, s.main_cause, s.other_causes,
        s.facts, s.origins, s.effective_from, row.effective_on
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, version integer, effective_on date)
    JOIN household_state_now s ON s.household_id = row.id AND s.effective_from < row.effective_on;

    UPDATE household_state s SET superseded_at = business_now()
    FROM jsonb_to_recordset(p_rows) AS row(id uuid)
    WHERE s.household_id = row.id AND s.superseded_at IS NULL AND s.effective_to IS NULL;

    INSERT INTO household_state (household_id, division, version, status, size, attribute, main_cause, other_causes,
        facts, origins, effective_from)
    SELECT id, division, version, status, size, attribute, main_cause, other_causes, facts, origins, effective_on
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, version integer, status text, size integer,
        attribute text, main_cause text, other_causes text[], facts jsonb, origins jsonb, effective_on date);

    PERFORM members_leave(p_rows);

    UPDATE household h SET division = row.division, version = row.version, status = row.status, size = row.size,
        attribute = row.attribute, main_cause = row.main_cause, other_causes = row.other_causes, facts = row.facts,
        origins = row.origins
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, version integer, status text, size integer,
        attribute text, main_cause text, other_causes text[], facts jsonb, origins jsonb)
    WHERE h.id = row.id;

    PERFORM members_join(p_rows, p_actor);

    -- A household that moves is a change in both divisions: facts keep the division they happened in.
    INSERT INTO change (id, household_id, division, version, kind, reason, through, effective_on, households,
        persons, person_id, ground, source, evidence, before, after, lineage, effect, captured_at, recorded_by)
    SELECT side.id, row.id, side.division, row.version, row.kind, row.reason, row.through, row.effective_on, side.households,
        side.persons, row.person_id, row.ground, row.source, coalesce(row.evidence, '{}'), row.before, row.after,
        row.lineage, row.effect, row.captured_at, p_actor
    FROM jsonb_to_recordset(p_rows) AS row(change_id uuid, id uuid, division text, leaves_division text,
        arrival_id uuid, version integer, kind text, reason text, through text, effective_on date, households integer,
        persons integer, counted integer, person_id uuid, ground text, source text, evidence text[], before jsonb,
        after jsonb, lineage jsonb, effect jsonb, captured_at timestamptz)
    CROSS JOIN LATERAL (
        SELECT row.change_id AS id, row.division AS division, row.households, row.persons
            WHERE row.leaves_division IS NULL
        UNION ALL SELECT row.change_id, row.leaves_division, -(row.counted > 0)::integer, -row.counted
            WHERE row.leaves_division IS NOT NULL
        UNION ALL SELECT row.arrival_id, row.division, (row.counted > 0)::integer, row.counted
            WHERE row.leaves_division IS NOT NULL
    ) AS side;

    PERFORM tell(p_rows, 'registry.household');
END $$;

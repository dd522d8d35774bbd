-- Members whose membership ends with this household's change: ``departs`` go, those of ``relates`` stay with
-- another relation to the head (the new head among them), and everybody changes division where the household moves.
-- Everything but a departure begins again afterwards.
CREATE OR REPLACE FUNCTION members_leave(p_rows jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $$
BEGIN
    INSERT INTO membership (household_id, person_id, division, version, relation, joined_on, left_on, facts, origins)
    SELECT m.household_id, m.person_id, m.division, row.version, m.relation, m.joined_on, row.effective_on, m.facts,
        m.origins
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, version integer, effective_on date, departs uuid[],
        relates jsonb, leaves_division text)
    JOIN membership_now m ON m.household_id = row.id
        AND (m.person_id = ANY(row.departs) OR row.relates ? m.person_id::text OR row.leaves_division IS NOT NULL);

    UPDATE membership m SET superseded_at = business_now()
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, version integer, departs uuid[], relates jsonb,
        leaves_division text)
    WHERE m.household_id = row.id AND m.superseded_at IS NULL AND m.left_on IS NULL
        AND (m.person_id = ANY(row.departs) OR row.relates ? m.person_id::text OR row.leaves_division IS NOT NULL);

    INSERT INTO membership (household_id, person_id, division, version, relation, joined_on, facts, origins)
    SELECT row.id, m.person_id, row.division, row.version,
        coalesce(row.relates ->> m.person_id::text, m.relation), row.effective_on, m.facts, m.origins
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, version integer, effective_on date,
        departs uuid[], relates jsonb, leaves_division text)
    JOIN membership_believed m ON m.household_id = row.id AND m.version = row.version
        AND m.left_on = row.effective_on
    WHERE row.relates ? m.person_id::text OR (row.leaves_division IS NOT NULL AND m.person_id <> ALL(row.departs))
    ON CONFLICT (household_id, person_id, version, joined_on)
        DO UPDATE SET relation = excluded.relation, division = excluded.division, left_on = NULL;

    UPDATE person p SET division = row.division
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, version integer, leaves_division text)
    JOIN membership_now m ON m.household_id = row.id AND m.version = row.version
    WHERE row.leaves_division IS NOT NULL AND p.id = m.person_id;
END $$;

-- Register the checked households of a list, each with its members, the line of its change and its event. The list is
-- expanded once for the households and once for the members: taking a JSON list apart costs as much as writing the
-- rows. References are checked at the end of a statement, so their order in it is free.
CREATE OR REPLACE FUNCTION register_households(p_rows jsonb, p_actor text)
 RETURNS void
 LANGUAGE plpgsql
AS $$
BEGIN
    WITH row AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(p_rows) AS row(id uuid, change_id uuid, division text, number text,
            identified_on date, effective_on date, attribute text, main_cause text, other_causes text[], facts jsonb,
            size integer, phone text, phone_masked text, phone_index text, bank_card text, card_masked text,
            source text, digest text, kind text, reason text, through text, ground text, captured_at timestamptz)
    ), households AS (
        INSERT INTO household (id, division, number, version, status, size, identified_on, attribute, main_cause,
            other_causes, facts, phone, phone_masked, phone_index, bank_card, card_masked, source, digest,
            captured_at, recorded_by)
        SELECT id, division, number, 1, 'registered', size, identified_on, attribute, main_cause, other_causes,
            facts, phone, phone_masked, decode(phone_index, 'hex'), bank_card, card_masked, source,
            decode(digest, 'hex'), captured_at, p_actor
        FROM row
    ), states AS (
        INSERT INTO household_state (household_id, division, version, status, size, attribute, main_cause,
            other_causes, facts, effective_from)
        SELECT id, division, 1, 'registered', size, attribute, main_cause, other_causes, facts, effective_on FROM row
    )
    INSERT INTO change (id, household_id, division, version, kind, reason, through, effective_on, households, persons,
        ground, source, captured_at, recorded_by)
    SELECT coalesce(change_id, uuidv7()), id, division, 1, kind, reason, through, effective_on, 1, size, ground, source, captured_at, p_actor
    FROM row;

    WITH member AS MATERIALIZED (
        SELECT row.id AS household_id, row.division, row.effective_on, m.*
        FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, effective_on date, members jsonb),
            jsonb_to_recordset(row.members) AS m(id uuid, number text, name text, sex text, born date,
                document_kind text, identity_number text, identity_masked text, identity_index text, phone text,
                phone_masked text, phone_index text, grams text[], relation text, facts jsonb)
    ), persons AS (
        INSERT INTO person (id, division, number, name, sex, born, document_kind, identity_number, identity_masked,
            identity_index, phone, phone_masked, phone_index, grams, recorded_by)
        SELECT id, division, number, name, sex, born, document_kind, identity_number, identity_masked,
            decode(identity_index, 'hex'), phone, phone_masked, decode(phone_index, 'hex'), coalesce(grams, '{}'),
            p_actor
        FROM member
    )
    INSERT INTO membership (household_id, person_id, division, version, relation, joined_on, facts)
    SELECT household_id, id, division, 1, relation, effective_on, facts FROM member;

    PERFORM tell(p_rows, 'registry.household');
END $$;

-- Persons who are new to the register (``joins`` of a row), with finished values.
CREATE OR REPLACE FUNCTION newcomers(p_rows jsonb, p_actor text)
 RETURNS void
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $$
BEGIN
    INSERT INTO person (id, division, number, name, sex, born, document_kind, identity_number, identity_masked,
        identity_index, phone, phone_masked, phone_index, grams, recorded_by)
    SELECT m.id, row.division, m.number, m.name, m.sex, m.born, m.document_kind, m.identity_number,
        m.identity_masked, decode(m.identity_index, 'hex'), m.phone, m.phone_masked, decode(m.phone_index, 'hex'),
        coalesce(m.grams, '{}'), p_actor
    FROM jsonb_to_recordset(p_rows) AS row(division text, joins jsonb),
        jsonb_to_record(row.joins) AS m(id uuid, number text, name text, sex text, born date, document_kind text,
            identity_number text, identity_masked text, identity_index text, phone text, phone_masked text,
            phone_index text, grams text[])
    WHERE jsonb_typeof(row.joins) = 'object';
END $$;

-- Correct who somebody is: what was believed before is kept.
CREATE OR REPLACE FUNCTION correct_identity(p_id uuid, p_change uuid, p_row jsonb)
 RETURNS void
 LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO identity_past (person_id, division, change_id, name, sex, born, document_kind, identity_number,
        identity_masked, identity_index)
    SELECT id, division, p_change, name, sex, born, document_kind, identity_number, identity_masked, identity_index
    FROM person WHERE id = p_id;
    UPDATE person p SET name = new.name, sex = new.sex, born = new.born, document_kind = new.document_kind,
        identity_number = new.identity_number, identity_masked = new.identity_masked,
        identity_index = decode(new.identity_index, 'hex'), phone = new.phone, phone_masked = new.phone_masked,
        phone_index = decode(new.phone_index, 'hex'), grams = coalesce(new.grams, p.grams)
    FROM jsonb_to_record(p_row) AS new(name text, sex text, born date, document_kind text, identity_number text,
        identity_masked text, identity_index text, phone text, phone_masked text, phone_index text,
        grams text[])
    WHERE p.id = p_id;
END $$;

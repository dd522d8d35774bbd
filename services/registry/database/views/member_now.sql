-- The people who live in a household now, each with the relation to its head.
CREATE OR REPLACE VIEW member_now WITH (security_invoker = true) AS
    SELECT m.household_id, m.person_id, m.division, m.relation, m.joined_on, m.facts,
        p.number, p.name, p.sex, p.born, p.document_kind, p.identity_number, p.identity_masked, p.identity_index,
        p.phone, p.phone_masked
    FROM membership_now m JOIN person p ON p.id = m.person_id;
GRANT SELECT ON member_now TO registry_api, registry_worker;

-- The head 户主 of each household that has one now.
CREATE OR REPLACE VIEW household_head WITH (security_invoker = true) AS
    SELECT household_id, person_id, division, name, sex, born FROM member_now WHERE relation = '户主';
GRANT SELECT ON household_head TO registry_api, registry_worker;

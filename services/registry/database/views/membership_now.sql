-- Who lives in which household now: believed, and not left.
CREATE OR REPLACE VIEW membership_now WITH (security_invoker = true) AS
    SELECT household_id, person_id, division, version, relation, joined_on, facts, origins
    FROM membership_believed WHERE left_on IS NULL;
GRANT SELECT ON membership_now TO registry_api, registry_worker;

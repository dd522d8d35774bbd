-- What is true of a household, and since when.
CREATE OR REPLACE VIEW household_state_now WITH (security_invoker = true) AS
    SELECT household_id, division, version, status, size, attribute, main_cause, other_causes, facts, origins,
        effective_from
    FROM household_state_believed WHERE effective_to IS NULL;
GRANT SELECT ON household_state_now TO registry_api, registry_worker;

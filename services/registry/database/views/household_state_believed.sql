-- What was true of a household from a day to a day, as it is believed now.
CREATE OR REPLACE VIEW household_state_believed WITH (security_invoker = true) AS
    SELECT household_id, division, version, status, size, attribute, main_cause, other_causes, facts, origins,
        effective_from, effective_to
    FROM household_state WHERE superseded_at IS NULL;
GRANT SELECT ON household_state_believed TO registry_api, registry_worker;

-- The year of its plan; of a household that has left, the year in which it did.
CREATE OR REPLACE VIEW household_exit_year WITH (security_invoker = true) AS
    SELECT household_id, division, CAST(extract(year FROM effective_on) AS integer) AS year
    FROM change WHERE kind = 'exit' AND restates IS NULL
    UNION ALL SELECT household_id, division, exit_year FROM plan_now;
GRANT SELECT ON household_exit_year TO registry_api, registry_worker;

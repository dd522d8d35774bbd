-- The plan in force of each household that has one: approved, and superseded by no later one.
CREATE OR REPLACE VIEW plan_now WITH (security_invoker = true) AS
    SELECT id, household_id, division, exit_year FROM plan WHERE status = 'approved';
GRANT SELECT ON plan_now TO registry_api, registry_worker;

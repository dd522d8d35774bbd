-- The measures of the plan in force, with their batch.
CREATE OR REPLACE VIEW household_measure WITH (security_invoker = true) AS
    SELECT p.household_id, p.division, m.batch FROM plan_now p JOIN measure m ON m.plan_id = p.id;
GRANT SELECT ON household_measure TO registry_api, registry_worker;

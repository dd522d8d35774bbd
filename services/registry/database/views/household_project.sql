-- Projects in which it takes part, or which a measure of its plan names.
CREATE OR REPLACE VIEW household_project WITH (security_invoker = true) AS
    SELECT household_id, division FROM household_ledger WHERE kind = 'participation'
    UNION ALL SELECT p.household_id, p.division FROM plan_now p JOIN measure m ON m.plan_id = p.id
    WHERE m.project_id IS NOT NULL;
GRANT SELECT ON household_project TO registry_api, registry_worker;

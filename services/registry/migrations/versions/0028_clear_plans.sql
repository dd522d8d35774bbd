-- What a household gets and by which year it leaves poverty, now that plans are kept and projects tell who takes part.

-- The measures of the plan in force, with their batch.
CREATE OR REPLACE VIEW household_measure WITH (security_invoker = true) AS
    SELECT p.household_id, p.division, m.batch FROM plan p JOIN measure m ON m.plan_id = p.id
    WHERE p.status = 'approved';
-- Projects in which it takes part, or which a measure of its plan names.
CREATE OR REPLACE VIEW household_project WITH (security_invoker = true) AS
    SELECT household_id, division FROM benefit WHERE kind = 'participation'
    UNION ALL SELECT p.household_id, p.division FROM plan p JOIN measure m ON m.plan_id = p.id
    WHERE p.status = 'approved' AND m.project_id IS NOT NULL;
-- The year of its plan; of a household that has left, the year in which it did.
CREATE OR REPLACE VIEW household_exit_year WITH (security_invoker = true) AS
    SELECT household_id, division, CAST(extract(year FROM effective_on) AS integer) AS year
    FROM change WHERE kind = 'exit'
    UNION ALL SELECT household_id, division, exit_year FROM plan WHERE status = 'approved';

-- Who has which household or village in charge today.
CREATE OR REPLACE VIEW responsibility_now WITH (security_invoker = true) AS
    SELECT id, division, role, household_id, organisation_id, organisation, staff_id, name, subject, started_on
    FROM responsibility
    WHERE held_on(started_on, ended_on, business_today());
GRANT SELECT ON responsibility_now TO registry_api, registry_worker;

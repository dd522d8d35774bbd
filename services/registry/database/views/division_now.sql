-- The divisions that exist today, by their names of today.
CREATE OR REPLACE VIEW division_now WITH (security_invoker = true) AS
    SELECT code, name FROM division
    WHERE held_on(valid_from, valid_to, business_today());
GRANT SELECT ON division_now TO registry_api, registry_worker;

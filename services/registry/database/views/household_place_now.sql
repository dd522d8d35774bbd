-- In which natural village or group a household lives now. LEFT: whoever does not ask for the name joins nothing.
CREATE OR REPLACE VIEW household_place_now WITH (security_invoker = true) AS
    SELECT p.household_id, p.division, p.natural_village_id, p.valid_from, v.name
    FROM household_place p LEFT JOIN natural_village v ON v.id = p.natural_village_id
    WHERE p.valid_to IS NULL;
GRANT SELECT ON household_place_now TO registry_api, registry_worker;

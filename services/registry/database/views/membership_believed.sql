-- Who lived in which household from when to when, as it is believed now: what a correction has superseded is left out.
CREATE OR REPLACE VIEW membership_believed WITH (security_invoker = true) AS
    SELECT household_id, person_id, division, version, relation, joined_on, left_on, recorded_at, facts, origins
    FROM membership WHERE superseded_at IS NULL;
GRANT SELECT ON membership_believed TO registry_api, registry_worker;

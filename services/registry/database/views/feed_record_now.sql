-- The last version of each record of a department.
CREATE OR REPLACE VIEW feed_record_now WITH (security_invoker = true) AS
    SELECT record_id, division, feed, record_no, version, identity_index, identity_masked, name, pinyin, born, village,
        from_on, ended_on, details, digest
    FROM feed_record WHERE superseded_at IS NULL;
GRANT SELECT ON feed_record_now TO registry_api, registry_worker;

-- Keep records of one feed of one county, each record_no at most once a call. A higher version supersedes, a lower one
-- is late, the same again changes nothing, the same version with other content is left out and counted. A plan made while the feed was empty
-- would read all of it for ever after: hence a new plan each time and no sequential scans.
CREATE OR REPLACE FUNCTION keep_records(p_division text, p_feed text, p_rows jsonb, p_source text, p_actor text, OUT fresh integer, OUT renewed integer, OUT unchanged integer, OUT late integer, OUT contradicting integer)
 RETURNS record
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_custom_plan'
AS $$
DECLARE
    news jsonb;
    older uuid[];
BEGIN
    -- Deliveries of the same feed follow each other, so that what one compares with stays as it is.
    PERFORM pg_advisory_xact_lock(hashtextextended('feed ' || p_division || ' ' || p_feed, 0));
    SELECT count(*) FILTER (WHERE c.version IS NULL), count(*) FILTER (WHERE r.version > c.version),
        count(*) FILTER (WHERE r.version = c.version AND decode(r.digest, 'hex') = c.digest),
        count(*) FILTER (WHERE r.version < c.version),
        count(*) FILTER (WHERE r.version = c.version AND decode(r.digest, 'hex') <> c.digest),
        jsonb_agg(r.row || jsonb_build_object('record_id', coalesce(c.record_id, uuidv7())))
            FILTER (WHERE c.version IS NULL OR r.version > c.version),
        array_agg(c.record_id) FILTER (WHERE r.version > c.version)
    INTO fresh, renewed, unchanged, late, contradicting, news, older
    FROM (SELECT list.row, list.row ->> 'record_no' AS record_no, (list.row ->> 'version')::integer AS version,
            list.row ->> 'digest' AS digest FROM jsonb_array_elements(p_rows) AS list(row)) AS r
    -- LIMIT keeps the planner to one lookup a record, whatever it believes about the feed's size.
    LEFT JOIN LATERAL (SELECT k.record_id, k.version, k.digest FROM feed_record_now k
        WHERE k.division = p_division AND k.feed = p_feed AND k.record_no = r.record_no LIMIT 1) AS c ON true;

    UPDATE feed_record SET superseded_at = business_now() WHERE record_id = ANY(older) AND superseded_at IS NULL;

    INSERT INTO feed_record (record_id, division, feed, record_no, version, name, pinyin, born, village,
        document_kind, identity_masked, identity_index, details, from_on, ended_on, digest, source, recorded_by)
    SELECT record_id, p_division, p_feed, record_no, version, name, pinyin, born, village, document_kind,
        identity_masked, decode(identity_index, 'hex'), details, from_on, ended_on, decode(digest, 'hex'), p_source,
        p_actor
    FROM jsonb_to_recordset(news) AS row(record_id uuid, record_no text, version integer, name text, pinyin text,
        born date, village text, document_kind text, identity_masked text, identity_index text, details jsonb,
        from_on date, ended_on date, digest text);
END $$;

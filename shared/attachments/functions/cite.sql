-- Notes the papers in a column of a row: an array, one text, or everything in a jsonb that looks like a paper.
CREATE OR REPLACE FUNCTION cite()
 RETURNS trigger
 LANGUAGE plpgsql
AS $$
DECLARE
    written jsonb := to_jsonb(NEW);
BEGIN
    INSERT INTO citation (division, sha256, kind, cited_by)
    SELECT DISTINCT written ->> 'division', found.value #>> '{}', TG_TABLE_NAME, (written ->> 'id')::uuid
    FROM jsonb_path_query(written -> TG_ARGV[0], '$.** ? (@ like_regex "^[0-9a-f]{64}$")') AS found(value)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

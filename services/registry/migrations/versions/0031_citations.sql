-- A record may name a photo before its content is sent (bad signal in the village). Which papers are cited where is
-- kept, so that an office can ask which of them never arrived. ``kind`` is the table that cites.
CREATE TABLE citation (
    id       uuid PRIMARY KEY DEFAULT uuidv7(),
    division text COLLATE "C" NOT NULL,
    sha256   text COLLATE "C" NOT NULL,
    kind     text NOT NULL,
    cited_by uuid NOT NULL,
    cited_at timestamptz NOT NULL DEFAULT business_now(),
    UNIQUE (kind, cited_by, sha256)
);
CREATE INDEX citation_by_division ON citation (division, id);

-- Notes the papers in a column of a row: an array, one text, or everything in a jsonb that looks like a paper.
CREATE FUNCTION cite() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    written jsonb := to_jsonb(NEW);
BEGIN
    INSERT INTO citation (division, sha256, kind, cited_by)
    SELECT DISTINCT written ->> 'division', found.value #>> '{}', TG_TABLE_NAME, (written ->> 'id')::uuid
    FROM jsonb_path_query(written -> TG_ARGV[0], '$.** ? (@ like_regex "^[0-9a-f]{64}$")') AS found(value)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER cites AFTER INSERT ON change FOR EACH ROW WHEN (NEW.evidence <> '{}') EXECUTE FUNCTION cite('evidence');
CREATE TRIGGER cites AFTER INSERT OR UPDATE OF evidence ON milestone
    FOR EACH ROW WHEN (NEW.evidence <> '{}') EXECUTE FUNCTION cite('evidence');
CREATE TRIGGER cites AFTER INSERT OR UPDATE OF evidence ON duty
    FOR EACH ROW WHEN (NEW.evidence <> '{}') EXECUTE FUNCTION cite('evidence');
CREATE TRIGGER cites AFTER INSERT ON lookback_result
    FOR EACH ROW WHEN (NEW.evidence <> '{}') EXECUTE FUNCTION cite('evidence');
CREATE TRIGGER cites AFTER INSERT OR UPDATE OF evidence ON correction_request
    FOR EACH ROW WHEN (NEW.evidence <> '{}') EXECUTE FUNCTION cite('evidence');
CREATE TRIGGER cites AFTER INSERT ON consent FOR EACH ROW EXECUTE FUNCTION cite('evidence');
CREATE TRIGGER cites AFTER INSERT OR UPDATE OF photos ON visit
    FOR EACH ROW WHEN (NEW.photos <> '{}') EXECUTE FUNCTION cite('photos');
CREATE TRIGGER cites AFTER INSERT OR UPDATE OF photos ON notice
    FOR EACH ROW WHEN (NEW.photos <> '{}') EXECUTE FUNCTION cite('photos');
CREATE TRIGGER cites AFTER INSERT ON case_step FOR EACH ROW EXECUTE FUNCTION cite('record');
CREATE TRIGGER cites AFTER INSERT ON doubt_step FOR EACH ROW EXECUTE FUNCTION cite('content');

-- Photos and scanned papers 附件: what is known of them. Their content is an object named by its hash; the same
-- content attached at several places is one object and several rows.
CREATE TABLE attachment (
    id           uuid PRIMARY KEY,
    division     text COLLATE "C" NOT NULL,
    sha256       text COLLATE "C" NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    size         bigint NOT NULL CHECK (size > 0),
    media_type   text NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png', 'application/pdf')),
    household_id uuid,
    policies     jsonb NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT business_now(),
    recorded_by  text NOT NULL,
    UNIQUE NULLS NOT DISTINCT (division, sha256, household_id)
);
CREATE INDEX attachment_by_division ON attachment (division, id);
CREATE INDEX attachment_by_content ON attachment (sha256, division);
CREATE INDEX attachment_by_household ON attachment (household_id, division, id) WHERE household_id IS NOT NULL;
SELECT pg_temp.within_division('attachment', 'SELECT, INSERT');
SELECT pg_temp.append_only('attachment');

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
SELECT pg_temp.within_division('citation', 'SELECT, INSERT');
SELECT pg_temp.append_only('citation');

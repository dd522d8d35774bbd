-- A public notice 公示 or announcement 公告 as it was posted: its rows are frozen and hold nothing but the columns that
-- may be shown. It hangs from starts_on to the end of the day before ends_on, unless it is taken down because nothing
-- that it shows goes on. ``subjects`` are whom its rows are about, one by one; ``corrections`` what became of their heads
-- since it was posted.
CREATE TABLE notice (
    id          uuid PRIMARY KEY,
    division    text COLLATE "C" NOT NULL,
    kind        text NOT NULL,
    title       text NOT NULL,
    title_en    text NOT NULL,
    opening     text NOT NULL,
    opening_en  text NOT NULL,
    issuer      text NOT NULL,
    columns     text[] NOT NULL,
    rows        jsonb NOT NULL,
    case_ids    uuid[] NOT NULL DEFAULT '{}',
    subjects    uuid[] NOT NULL DEFAULT '{}',
    corrections jsonb NOT NULL DEFAULT '[]',
    starts_on   date NOT NULL,
    ends_on     date NOT NULL CHECK (ends_on > starts_on),
    place       text NOT NULL,
    photos      text[] NOT NULL DEFAULT '{}',
    line        text NOT NULL,
    policies    jsonb NOT NULL,
    posted_by   text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT business_now(),
    version     integer NOT NULL DEFAULT 1,
    taken_down_on date
);
CREATE INDEX notice_by_division ON notice (division, id);
CREATE TRIGGER cites AFTER INSERT OR UPDATE OF photos ON notice
    FOR EACH ROW WHEN (NEW.photos <> '{}') EXECUTE FUNCTION cite('photos');
SELECT pg_temp.within_division('notice');

-- What somebody says against a notice 异议; against which of its cases, where it is about cases. Who said it may stay
-- unsaid.
CREATE TABLE objection (
    id          uuid PRIMARY KEY,
    notice_id   uuid NOT NULL REFERENCES notice,
    case_id     uuid,
    division    text COLLATE "C" NOT NULL,
    content     text NOT NULL,
    objector    text,
    raised_on   date NOT NULL,
    due_on      date NOT NULL,
    recorded_by text NOT NULL,
    upheld      boolean,
    answer      text,
    answered_by text,
    answered_on date
);
CREATE INDEX objection_of_notice ON objection (notice_id, id);
CREATE INDEX objection_of_case ON objection (case_id);
CREATE INDEX objection_by_due ON objection (due_on, id) WHERE upheld IS NULL;
SELECT pg_temp.within_division('objection');

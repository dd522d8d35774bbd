-- Labels 标签 on households, from a day to a day (exclusive).
CREATE TABLE household_label (
    id           uuid PRIMARY KEY,
    household_id uuid NOT NULL REFERENCES household(id),
    division     text COLLATE "C" NOT NULL,
    label        text COLLATE "C" NOT NULL,
    begins_on    date NOT NULL,
    ends_on      date,
    ground       text,
    end_id       uuid UNIQUE,
    end_ground   text,
    recorded_at  timestamptz NOT NULL DEFAULT business_now(),
    recorded_by  text NOT NULL,
    ended_at     timestamptz,
    ended_by     text,
    CONSTRAINT household_label_check CHECK (ends_on >= begins_on)
);
CREATE UNIQUE INDEX household_label_open ON household_label (household_id, label) WHERE ends_on IS NULL;
CREATE INDEX household_by_label ON household_label (label, division, household_id) WHERE ends_on IS NULL;
CREATE INDEX household_label_by_division ON household_label (division, household_id, id);
SELECT pg_temp.within_division('household_label');

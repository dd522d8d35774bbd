-- Rewards in place of investment 以奖代投: do first, be inspected, then be paid.
CREATE TABLE reward (
    id           uuid PRIMARY KEY,
    division     text COLLATE "C" NOT NULL,
    payee_kind   text NOT NULL CHECK (payee_kind IN ('household', 'person', 'village', 'cooperative', 'enterprise')),
    payee_id     uuid NOT NULL,
    household_id uuid,
    item         text NOT NULL,
    unit         text NOT NULL,
    year         integer NOT NULL,
    claimed      numeric(12,2) NOT NULL CHECK (claimed > (0)::numeric),
    accepted     numeric(12,2),
    amount       bigint,
    status       text NOT NULL CHECK (status IN ('applied', 'inspected', 'approved', 'paid', 'refused')),
    policies     jsonb NOT NULL DEFAULT '[]',
    reasons      jsonb NOT NULL DEFAULT '[]',
    captured_at  timestamptz,
    applied_by   text NOT NULL,
    applied_at   timestamptz NOT NULL DEFAULT business_now(),
    inspected_by text,
    inspected_at timestamptz,
    approved_by  text,
    approved_at  timestamptz,
    paid_by      text,
    paid_on      date,
    version      integer NOT NULL DEFAULT 1,
    CONSTRAINT reward_household CHECK ((household_id IS NOT NULL) = (payee_kind IN ('household', 'person')))
);
-- A household and its members are one: what one of them gets, the others do not get again.
CREATE UNIQUE INDEX reward_once ON reward (coalesce(household_id, payee_id), item, year) WHERE status <> 'refused';
CREATE INDEX reward_of_household ON reward (household_id) WHERE status <> 'refused';
CREATE INDEX reward_of_payee ON reward (payee_id) WHERE status <> 'refused';
CREATE INDEX reward_by_division ON reward (division, id);
CREATE INDEX reward_waiting ON reward (status, division, id) WHERE status IN ('applied', 'inspected', 'approved');
SELECT pg_temp.within_division('reward');

CREATE TABLE account (
    id         uuid PRIMARY KEY,
    code       text NOT NULL UNIQUE,
    kind       text NOT NULL
        CHECK (kind IN ('source', 'bank', 'treasury', 'bank_credit', 'risk_fund', 'project', 'payee', 'loan')),
    owner_kind text NOT NULL,
    owner_id   text NOT NULL,
    division   text COLLATE "C" NOT NULL,
    unlimited  boolean NOT NULL,
    opened_at  timestamptz NOT NULL DEFAULT business_now()
);
CREATE INDEX account_by_division ON account (division, id);
SELECT pg_temp.within_division('account', 'SELECT, INSERT');
SELECT pg_temp.append_only('account');

-- A lot 批次: money as it came in, with its document 指标文号. Every later posting names it.
CREATE TABLE lot (
    id          uuid PRIMARY KEY,
    division    text COLLATE "C" NOT NULL,
    source_id   uuid NOT NULL REFERENCES account(id),
    level       text NOT NULL,
    document_no text NOT NULL,
    year        integer NOT NULL,
    purpose     text NOT NULL,
    amount      bigint NOT NULL CHECK (amount > 0),
    received_on date NOT NULL,
    opened_at   timestamptz NOT NULL DEFAULT business_now()
);
CREATE INDEX lot_by_division ON lot (division, id);
SELECT pg_temp.within_division('lot', 'SELECT, INSERT');
SELECT pg_temp.append_only('lot');

CREATE TABLE entry (
    id            uuid PRIMARY KEY,
    division      text COLLATE "C" NOT NULL,
    kind          text NOT NULL,
    document_kind text NOT NULL,
    document_id   uuid NOT NULL,
    effective_on  date NOT NULL,
    recorded_at   timestamptz NOT NULL DEFAULT business_now(),
    actor         text NOT NULL,
    approver      text,
    reverses      uuid UNIQUE REFERENCES entry(id),
    CONSTRAINT entry_check CHECK (effective_on <= ((recorded_at AT TIME ZONE 'Asia/Shanghai'::text))::date)
);
-- A document is paid once.
CREATE UNIQUE INDEX entry_of_document ON entry (document_kind, document_id, kind) WHERE reverses IS NULL;
CREATE INDEX entry_by_division ON entry (division, id);
SELECT pg_temp.within_division('entry', 'SELECT, INSERT');
SELECT pg_temp.append_only('entry');

CREATE TABLE posting (
    entry_id   uuid NOT NULL REFERENCES entry(id),
    position   integer NOT NULL,
    account_id uuid NOT NULL REFERENCES account(id),
    lot_id     uuid NOT NULL REFERENCES lot(id),
    division   text COLLATE "C" NOT NULL,
    amount     bigint NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (entry_id, "position")
);
CREATE INDEX posting_by_account ON posting (account_id, entry_id);
CREATE INDEX posting_by_lot ON posting (lot_id, account_id) INCLUDE (amount);
-- An entry moves money: what was written without postings is refused when it is to be kept.
CREATE CONSTRAINT TRIGGER has_postings AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION entry_has_postings();
CREATE TRIGGER balanced AFTER INSERT ON posting REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION postings_balance();
SELECT pg_temp.within_division('posting', 'SELECT, INSERT');
SELECT pg_temp.append_only('posting');

CREATE TABLE balance (
    account_id uuid NOT NULL REFERENCES account(id),
    lot_id     uuid NOT NULL REFERENCES lot(id),
    division   text COLLATE "C" NOT NULL,
    amount     bigint NOT NULL DEFAULT 0,
    unlimited  boolean NOT NULL,
    PRIMARY KEY (account_id, lot_id),
    CONSTRAINT no_overdraft CHECK (unlimited OR (amount >= 0))
) WITH (fillfactor=50);
SELECT pg_temp.within_division('balance');

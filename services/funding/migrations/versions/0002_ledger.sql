-- The ledger: double entry in fen, immutable, every posting naming the lot that its money came in with.

CREATE TABLE account (
    id         uuid PRIMARY KEY,
    code       text NOT NULL UNIQUE,
    kind       text NOT NULL CHECK (kind IN ('source', 'bank', 'treasury', 'bank_credit', 'risk_fund', 'project',
                                             'payee', 'loan')),
    owner_kind text NOT NULL,
    owner_id   text NOT NULL,
    division   text COLLATE "C" NOT NULL,
    -- Outside of the county's books money comes from somewhere: only such accounts may be below zero.
    unlimited  boolean NOT NULL,
    opened_at  timestamptz NOT NULL DEFAULT business_now()
);
CREATE INDEX account_by_division ON account (division, id);

-- A lot 批次: money as it came in, with its document 指标文号. Every later posting names it.
CREATE TABLE lot (
    id          uuid PRIMARY KEY,
    division    text COLLATE "C" NOT NULL,
    source_id   uuid NOT NULL REFERENCES account,
    level       text NOT NULL,
    document_no text NOT NULL,
    year        integer NOT NULL,
    purpose     text NOT NULL,
    amount      bigint NOT NULL CHECK (amount > 0),
    received_on date NOT NULL,
    opened_at   timestamptz NOT NULL DEFAULT business_now()
);
CREATE INDEX lot_by_division ON lot (division, id);

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
    reverses      uuid UNIQUE REFERENCES entry,
    CHECK (effective_on <= (recorded_at AT TIME ZONE 'Asia/Shanghai')::date)
);
-- A document is paid once.
CREATE UNIQUE INDEX entry_of_document ON entry (document_kind, document_id, kind) WHERE reverses IS NULL;
CREATE INDEX entry_by_division ON entry (division, id);

CREATE TABLE posting (
    entry_id   uuid NOT NULL REFERENCES entry,
    position   integer NOT NULL,
    account_id uuid NOT NULL REFERENCES account,
    lot_id     uuid NOT NULL REFERENCES lot,
    division   text COLLATE "C" NOT NULL,
    amount     bigint NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (entry_id, position)
);
CREATE INDEX posting_by_account ON posting (account_id, entry_id);
CREATE INDEX posting_by_lot ON posting (lot_id, account_id) INCLUDE (amount);

CREATE TABLE balance (
    account_id uuid NOT NULL REFERENCES account,
    lot_id     uuid NOT NULL REFERENCES lot,
    division   text COLLATE "C" NOT NULL,
    amount     bigint NOT NULL DEFAULT 0,
    unlimited  boolean NOT NULL,
    PRIMARY KEY (account_id, lot_id),
    CONSTRAINT no_overdraft CHECK (unlimited OR amount >= 0)
) WITH (fillfactor = 50);

-- Whoever writes postings: each entry balances, lot by lot, and has at least two.
CREATE FUNCTION postings_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM inserted GROUP BY entry_id, lot_id HAVING sum(amount) <> 0)
        OR EXISTS (SELECT FROM inserted GROUP BY entry_id HAVING count(*) < 2) THEN
        RAISE EXCEPTION 'postings of an entry do not balance' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'entry_balances';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER balanced AFTER INSERT ON posting REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION postings_balance();

-- Post entries [{id, division, kind, document_kind, document_id, effective_on, approver, reverses,
-- lines: [{from, to, lot, amount}]}]: together where every balance allows it, else one by one, so that an overdraft
-- refuses its own entry only. Answers an outcome for each: posted, unchanged (this id is posted already),
-- insufficient.
CREATE FUNCTION post_entries(p_rows jsonb, p_actor text) RETURNS TABLE (id uuid, outcome text) LANGUAGE plpgsql
    SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    fresh jsonb;
    one jsonb;
    short boolean;
BEGIN
    RETURN QUERY SELECT e.id, 'unchanged' FROM entry e
        JOIN jsonb_to_recordset(p_rows) AS row(id uuid) ON row.id = e.id;
    SELECT jsonb_agg(row ORDER BY position) INTO fresh
        FROM jsonb_array_elements(p_rows) WITH ORDINALITY AS list(row, position)
        WHERE NOT EXISTS (SELECT FROM entry e WHERE e.id = (row ->> 'id')::uuid);
    IF fresh IS NULL THEN
        RETURN;
    END IF;
    PERFORM open_balances(fresh);
    SELECT bool_or(NOT b.unlimited AND b.amount + moved.amount < 0) INTO short
        FROM movements(fresh) AS moved JOIN balance b USING (account_id, lot_id);
    IF short AND jsonb_array_length(fresh) = 1 THEN
        RETURN QUERY SELECT (fresh -> 0 ->> 'id')::uuid, 'insufficient';
    ELSIF short THEN
        FOR one IN SELECT row FROM jsonb_array_elements(fresh) AS list(row) LOOP
            RETURN QUERY SELECT posted.id, posted.outcome FROM post_entries(jsonb_build_array(one), p_actor) AS posted;
        END LOOP;
    ELSE
        PERFORM write_entries(fresh, p_actor);
        RETURN QUERY SELECT row.id, 'posted' FROM jsonb_to_recordset(fresh) AS row(id uuid);
    END IF;
END $$;

-- The lists in these functions are short and what they touch is found by key, whatever the planner believes about
-- the length of a JSON array: without hash and merge joins it takes the index.

-- What entries add to each balance.
CREATE FUNCTION movements(p_rows jsonb) RETURNS TABLE (account_id uuid, lot_id uuid, amount bigint) LANGUAGE sql ROWS 8 AS $$
    SELECT side.account_id, line.lot, sum(side.amount)::bigint
    FROM jsonb_to_recordset(p_rows) AS row(lines jsonb),
        jsonb_to_recordset(row.lines) AS line("from" uuid, "to" uuid, lot uuid, amount bigint),
        LATERAL (VALUES (line."from", -line.amount), (line."to", line.amount)) AS side(account_id, amount)
    GROUP BY side.account_id, line.lot
$$;

-- Balance rows for what entries touch, made where missing and locked in one order.
CREATE FUNCTION open_balances(p_rows jsonb) RETURNS void LANGUAGE plpgsql
    SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    INSERT INTO balance (account_id, lot_id, division, unlimited)
    SELECT moved.account_id, moved.lot_id, a.division, a.unlimited
    FROM movements(p_rows) AS moved JOIN account a ON a.id = moved.account_id
    ORDER BY moved.account_id, moved.lot_id ON CONFLICT DO NOTHING;
    PERFORM FROM (SELECT * FROM movements(p_rows) ORDER BY account_id, lot_id) AS moved
        CROSS JOIN LATERAL (SELECT FROM balance b
            WHERE b.account_id = moved.account_id AND b.lot_id = moved.lot_id FOR UPDATE) AS locked;
END $$;

CREATE FUNCTION write_entries(p_rows jsonb, p_actor text) RETURNS void LANGUAGE plpgsql
    SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    INSERT INTO entry (id, division, kind, document_kind, document_id, effective_on, actor, approver, reverses)
    SELECT row.id, row.division, row.kind, row.document_kind, row.document_id, row.effective_on, p_actor,
        row.approver, row.reverses
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, division text, kind text, document_kind text, document_id uuid,
        effective_on date, approver text, reverses uuid);

    INSERT INTO posting (entry_id, position, account_id, lot_id, division, amount)
    SELECT row.id, row_number() OVER (PARTITION BY row.id ORDER BY line.position, side.amount), side.account_id,
        line.lot, a.division, side.amount
    FROM jsonb_to_recordset(p_rows) AS row(id uuid, lines jsonb),
        ROWS FROM (jsonb_to_recordset(row.lines) AS ("from" uuid, "to" uuid, lot uuid, amount bigint))
            WITH ORDINALITY AS line("from", "to", lot, amount, position),
        LATERAL (VALUES (line."from", -line.amount), (line."to", line.amount)) AS side(account_id, amount)
    JOIN account a ON a.id = side.account_id;

    UPDATE balance b SET amount = b.amount + moved.amount
    FROM movements(p_rows) AS moved WHERE b.account_id = moved.account_id AND b.lot_id = moved.lot_id;
END $$;

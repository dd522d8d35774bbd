"""SQL of the ledger. A lot's money is where its balances are; postings show the way there."""

from sqlalchemy import text

OPEN = """
    INSERT INTO account (id, code, kind, owner_kind, owner_id, division, unlimited)
    SELECT a.id, a.code, a.kind, a.owner_kind, a.owner_id, a.division, a.unlimited
    FROM jsonb_to_recordset($1::jsonb) AS a(id uuid, code text, kind text, owner_kind text, owner_id text,
        division text, unlimited boolean)
    ORDER BY a.id ON CONFLICT DO NOTHING
"""
POST = "SELECT id, outcome FROM post_entries($1::jsonb, $2)"
AVAILABLE = text("""
    SELECT b.lot_id, b.amount FROM balance b JOIN lot l ON l.id = b.lot_id
    WHERE b.account_id = :account AND b.amount > 0 ORDER BY l.received_on, l.id FOR UPDATE OF b
""")

ACCOUNTS = text("""
    SELECT a.id, a.code, a.kind, a.owner_kind, a.owner_id, a.division,
        (SELECT coalesce(sum(b.amount), 0)::bigint FROM balance b WHERE b.account_id = a.id) AS balance
    FROM account a
    WHERE a.division >= :low AND a.division < :high AND (a.division, a.id) > (:division, CAST(:id AS uuid))
      AND (CAST(:kind AS text) IS NULL OR a.kind = :kind)
    ORDER BY a.division, a.id LIMIT :limit
""")
POSTINGS = text("""
    SELECT p.entry_id, p.position, e.kind, e.document_kind, e.document_id, e.effective_on, e.recorded_at, e.actor,
        e.approver, p.lot_id, l.document_no, p.amount
    FROM posting p JOIN entry e ON e.id = p.entry_id JOIN lot l ON l.id = p.lot_id
    WHERE p.account_id = :account AND (p.entry_id, p.position) > (CAST(:entry AS uuid), :position)
    ORDER BY p.entry_id, p.position LIMIT :limit
""")
LOTS = text("""
    SELECT id, division, level, document_no, year, purpose, amount, received_on FROM lot
    WHERE division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))
    ORDER BY division, id LIMIT :limit
""")
LOT = text("SELECT id, division, level, document_no, year, purpose, amount, received_on FROM lot WHERE id = :id")
HELD = text("""
    SELECT a.id AS account_id, a.kind, a.owner_kind, a.owner_id, l.id AS lot_id, l.level, l.document_no, b.amount
    FROM balance b JOIN account a ON a.id = b.account_id JOIN lot l ON l.id = b.lot_id
    WHERE b.lot_id = :lot AND b.amount > 0 ORDER BY b.amount DESC, a.id
""")
SOURCES = text("""
    SELECT a.id AS account_id, a.kind, a.owner_kind, a.owner_id, l.id AS lot_id, l.level, l.document_no, b.amount
    FROM account a JOIN balance b ON b.account_id = a.id JOIN lot l ON l.id = b.lot_id
    WHERE b.amount > 0 AND (a.kind = 'payee' AND a.owner_kind = 'household' AND a.owner_id = :household
        OR a.kind = 'payee' AND a.owner_kind = 'person' AND a.owner_id IN (
            SELECT payee_id::text FROM reward WHERE household_id = CAST(:household AS uuid))
        OR a.kind = 'loan' AND a.owner_id IN (SELECT id::text FROM loan WHERE household_id = CAST(:household AS uuid)))
    ORDER BY l.received_on, l.id
""")

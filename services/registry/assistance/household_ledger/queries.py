"""SQL of the household's ledger."""

from sqlalchemy import text

HOUSEHOLD = text("""
    SELECT id, division, number, status, size, identified_on, main_cause, other_causes FROM household WHERE id = :id
""")
# What was done for the household and for those that it came out of (split) or took in (merged): lineage leads there.
LINES = text("""
    SELECT b.id, b.household_id, b.service, b.kind, b.on_day, b.zh, b.en, b.amount, b.reference
    FROM benefit b
    WHERE b.household_id = :id OR b.household_id IN (
        SELECT (origin.value #>> '{}')::uuid FROM change c, jsonb_array_elements(c.lineage -> 'from') AS origin
        WHERE c.household_id = :id AND c.lineage IS NOT NULL)
    ORDER BY b.on_day, b.id
""")
WORK = text("""
    SELECT e.batch, e.what, e.owner, m.title, m.due_on, m.done_on
    FROM plan_now p JOIN milestone m ON m.plan_id = p.id JOIN measure e ON e.id = m.measure_id
    WHERE p.household_id = :id ORDER BY m.due_on, m.id
""")

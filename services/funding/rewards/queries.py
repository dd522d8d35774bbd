"""SQL of rewards."""

from sqlalchemy import text

_REWARD = """
    SELECT id, division, payee_kind, payee_id, household_id, item, unit, year, claimed, accepted, amount, status, applied_by,
        inspected_by, approved_by, reasons
    FROM reward
"""
KNOWN = text(f"{_REWARD} WHERE id = ANY(:ids)")
LOCK = text(f"{_REWARD} WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
LIST = text("""
    SELECT r.*, coalesce(
        (SELECT h.reasons FROM hold h WHERE h.document_id = r.id AND h.decision IS NULL), '[]') AS held
    FROM reward r
    WHERE division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))
    ORDER BY division, id LIMIT :limit
""")
APPLY = text("""
    INSERT INTO reward (id, division, payee_kind, payee_id, household_id, item, unit, year, claimed, status,
        captured_at, applied_by)
    VALUES (:id, :division, :payee_kind, :payee_id, :household_id, :item, :unit, :year, :quantity, 'applied',
        :captured_at, :actor)
    ON CONFLICT DO NOTHING
""")
INSPECT = text("""
    UPDATE reward SET accepted = :accepted, status = :status, inspected_by = :actor, inspected_at = business_now(),
        reasons = CAST(:reasons AS jsonb), version = version + 1 WHERE id = :id
""")
APPROVE = text("""
    UPDATE reward SET amount = :amount, status = 'approved', approved_by = :actor, approved_at = business_now(),
        policies = CAST(:policies AS jsonb), reasons = CAST(:reasons AS jsonb), version = version + 1 WHERE id = :id
""")
PAID = text("""
    UPDATE reward SET status = 'paid', paid_by = :actor, paid_on = :day, version = version + 1 WHERE id = ANY(:ids)
""")
# What counts for somebody: of their households, and of themselves wherever they lived.
COUNTED = text("""
    SELECT id, payee_id, household_id, item, year, status, coalesce(amount, 0) AS amount FROM reward
    WHERE status <> 'refused' AND (household_id = ANY(:circle) OR payee_id = ANY(:circle))
""")

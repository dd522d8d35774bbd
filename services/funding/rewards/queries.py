"""SQL of rewards."""

from sqlalchemy import text

_REWARD = """
    SELECT id, division, payee_kind, payee_id, item, unit, year, claimed, accepted, amount, status, applied_by,
        inspected_by, approved_by, reasons
    FROM reward
"""
KNOWN = text(f"{_REWARD} WHERE id = ANY(:ids) OR (status <> 'refused' AND payee_id = ANY(:payees))")
LOCK = text(f"{_REWARD} WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
LIST = text("""
    SELECT * FROM reward
    WHERE division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))
    ORDER BY division, id LIMIT :limit
""")
APPLY = text("""
    INSERT INTO reward (id, division, payee_kind, payee_id, item, unit, year, claimed, status, captured_at,
        applied_by)
    VALUES (:id, :division, :payee_kind, :payee_id, :item, :unit, :year, :quantity, 'applied', :captured_at, :actor)
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
AWARDED = text("""
    SELECT payee_kind, payee_id, year, sum(amount)::bigint AS amount FROM reward
    WHERE payee_id = ANY(:payees) AND status IN ('approved', 'paid') GROUP BY payee_kind, payee_id, year
""")

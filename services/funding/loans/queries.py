"""SQL of loans."""

from sqlalchemy import text

_LOAN = """
    SELECT id, division, household_id, borrower_id, bank, amount, months, use, status, applied_by, approved_by FROM loan
"""
KNOWN = text(f"{_LOAN} WHERE id = ANY(:ids)")
# What a household owes or asks for, itself or by those who are its members today.
OWED = text(f"""
    {_LOAN} WHERE status <> 'refused' AND (household_id = ANY(:households) OR borrower_id = ANY(:members))
""")
LOCK = text(f"{_LOAN} WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
LIST = text("""
    SELECT r.*, coalesce(
        (SELECT h.reasons FROM hold h WHERE h.document_id = r.id AND h.decision IS NULL), '[]') AS held
    FROM loan r
    WHERE division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))
    ORDER BY division, id LIMIT :limit
""")
APPLY = text("""
    INSERT INTO loan (id, division, household_id, borrower_id, bank, amount, months, use, status, policies,
        captured_at, applied_by)
    VALUES (:id, :division, :household_id, :borrower_id, :bank, :amount, :months, :use, 'applied',
        CAST(:policies AS jsonb), :captured_at, :actor)
    ON CONFLICT DO NOTHING
""")
APPROVE = text("""
    UPDATE loan SET status = 'approved', approved_by = :actor, approved_at = business_now(), version = version + 1
    WHERE id = ANY(:ids)
""")
DISBURSE = text("""
    UPDATE loan SET status = 'disbursed', covered = :covered, disbursed_by = :actor, disbursed_on = :day,
        due_on = :due_on, policies = policies || CAST(:policies AS jsonb), reasons = CAST(:reasons AS jsonb),
        version = version + 1 WHERE id = :id
""")

"""SQL of payees."""

from sqlalchemy import text

_PAYEE = """
    SELECT id, division, kind, name, credit_code, valid_from, valid_to, status, ground, entered_by FROM payee
"""
KNOWN = text(f"{_PAYEE} WHERE id = ANY(:ids) OR (credit_code = ANY(:codes) AND status <> 'refused')")
LOCK = text(f"{_PAYEE} WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
ENTER = text("""
    INSERT INTO payee (id, division, kind, name, credit_code, valid_from, valid_to, status, entered_by)
    VALUES (:id, :division, :kind, :name, :credit_code, :valid_from, :valid_to, 'entered', :actor)
""")
CONFIRM = text("""
    UPDATE payee SET status = :status, ground = :ground, confirmed_by = :actor, confirmed_at = business_now()
    WHERE id = :id
""")
END = text("UPDATE payee SET valid_to = :valid_to WHERE id = :id")
LIST = text("""
    SELECT id, division, kind, name, credit_code, valid_from, valid_to, status, ground, entered_by, confirmed_by
    FROM payee
    WHERE division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))
    ORDER BY division, id LIMIT :limit
""")

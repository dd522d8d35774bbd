"""SQL of inflows."""

from sqlalchemy import text

_INFLOW = """
    SELECT id, division, level, payer, document_no, year, purpose, amount, received_on, status, entered_by FROM inflow
"""
KNOWN = text(f"{_INFLOW} WHERE id = ANY(:ids) OR document_no = ANY(:documents)")
LOCK = text(f"{_INFLOW} WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
ENTER = text("""
    INSERT INTO inflow (id, division, level, payer, document_no, year, purpose, amount, received_on, status,
        entered_by)
    VALUES (:id, :division, :level, :payer, :document_no, :year, :purpose, :amount, :received_on, 'entered', :actor)
""")
CONFIRM = text("""
    UPDATE inflow SET status = 'confirmed', confirmed_by = :actor, confirmed_at = business_now() WHERE id = :id
""")
LOT = text("""
    INSERT INTO lot (id, division, source_id, level, document_no, year, purpose, amount, received_on)
    VALUES (:id, :division, :source_id, :level, :document_no, :year, :purpose, :amount, :received_on)
""")
LIST = text("""
    SELECT id, division, level, payer, document_no, year, purpose, amount, received_on, status, entered_by,
        confirmed_by
    FROM inflow
    WHERE division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))
    ORDER BY division, id LIMIT :limit
""")

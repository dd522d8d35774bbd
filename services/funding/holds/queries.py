"""SQL of what is held."""

from sqlalchemy import text

_HOLD = """
    SELECT id, division, document_kind, document_id, reasons, applied_by, inspected_by, approved_by, decision, ground,
        decided_by
    FROM hold
"""
# What is on its way to households.
UNPAID = text("""
    SELECT 'reward' AS kind, id, division, household_id, applied_by, inspected_by, approved_by FROM reward
    WHERE household_id = ANY(:households) AND status IN ('applied', 'inspected', 'approved')
    UNION ALL
    SELECT 'loan', id, division, household_id, applied_by, NULL, approved_by FROM loan
    WHERE household_id = ANY(:households) AND status IN ('applied', 'approved')
""")
RELEASED = text(f"{_HOLD} WHERE document_id = ANY(:documents) AND decision = 'release' ORDER BY id")
HOLD = text("""
    INSERT INTO hold (id, division, document_kind, document_id, household_id, reasons, applied_by, inspected_by,
        approved_by, held_by)
    VALUES (:id, :division, :kind, :document, :household_id, CAST(:reasons AS jsonb), :applied_by, :inspected_by,
        :approved_by, :actor)
    ON CONFLICT (document_id) WHERE decision IS NULL DO UPDATE SET reasons = excluded.reasons
    RETURNING id
""")
LAPSE = text("""
    UPDATE hold SET decision = 'lapse', decided_by = :actor, decided_at = business_now()
    WHERE document_id = ANY(:documents) AND decision IS NULL RETURNING id, document_id, division
""")
# A step locks its document and then what is held of it: so does the decision.
DOCUMENTS = {
    "reward": text("""
        SELECT id FROM reward WHERE id IN (SELECT document_id FROM hold WHERE id = ANY(:ids)) ORDER BY id FOR UPDATE
    """),
    "loan": text("""
        SELECT id FROM loan WHERE id IN (SELECT document_id FROM hold WHERE id = ANY(:ids)) ORDER BY id FOR UPDATE
    """),
}
LOCK = text(f"{_HOLD} WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
DECIDE = text("""
    UPDATE hold SET decision = :decision, ground = :ground, decided_by = :actor, decided_at = business_now()
    WHERE id = :id
""")
REFUSE = {
    "reward": text("""
        UPDATE reward SET status = 'refused', reasons = CAST(:reasons AS jsonb), version = version + 1
        WHERE id = :id AND status IN ('applied', 'inspected', 'approved')
    """),
    "loan": text("""
        UPDATE loan SET status = 'refused', reasons = CAST(:reasons AS jsonb), version = version + 1
        WHERE id = :id AND status IN ('applied', 'approved')
    """),
}
LIST = text("""
    SELECT id, division, document_kind, document_id, household_id, reasons, held_by, held_at, decision, ground,
        decided_by, decided_at
    FROM hold
    WHERE division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))
        AND (NOT CAST(:waiting AS boolean) OR decision IS NULL)
    ORDER BY division, id LIMIT :limit
""")
# A document ``r`` whose next step waits for nobody's decision.
NOT_HELD = "NOT EXISTS (SELECT FROM hold h WHERE h.document_id = r.id AND h.decision IS NULL)"

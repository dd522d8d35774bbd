"""SQL of the code lists of divisions."""

from sqlalchemy import text

ADD = text("""
    INSERT INTO local_code (division, list, code, text, version, valid_from, valid_to, recorded_by)
    VALUES (:division, :list, :code, :text, :version, :valid_from, :valid_to, :actor)
    ON CONFLICT DO NOTHING RETURNING recorded_at
""")
LIST = text("""
    SELECT division, list, code, text, version, valid_from, valid_to, recorded_at, recorded_by FROM local_code
    WHERE division >= :low AND division < :high
      AND (division, list, code, valid_from) > (:division, :list, :code, CAST(CAST(:day AS text) AS date))
    ORDER BY division, list, code, valid_from LIMIT :limit
""")

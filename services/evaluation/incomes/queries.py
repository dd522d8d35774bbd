"""SQL of income."""

from sqlalchemy import text

_LINE = "SELECT id, household_id, year, kind, amount, note FROM income"
KNOWN = text(f"{_LINE} WHERE id = ANY(:ids)")
OF_YEAR = text(f"{_LINE} WHERE household_id = ANY(:households) AND year = :year ORDER BY kind, id")
KEEP = text("""
    INSERT INTO income (id, household_id, division, year, kind, amount, note, captured_at, recorded_by)
    VALUES (:id, :household_id, :division, :year, :kind, :amount, :note, :captured_at, :actor)
""")

"""SQL of risk funds."""

from sqlalchemy import text

FUND = text("INSERT INTO risk_fund (bank, division) VALUES (:bank, :division) ON CONFLICT DO NOTHING")
KNOWN = text("SELECT id, bank, amount FROM contribution WHERE id = ANY(:ids)")
KEEP = text("""
    INSERT INTO contribution (id, bank, division, amount, paid_on, recorded_by)
    VALUES (:id, :bank, :division, :amount, :day, :actor)
""")
_FUNDS = """
    SELECT f.bank, f.division, f.lent, f.covered,
        (SELECT coalesce(sum(c.amount), 0)::bigint FROM contribution c
            WHERE (c.division, c.bank) = (f.division, f.bank)) AS paid_in
    FROM risk_fund f
"""
LIST = text(f"{_FUNDS} ORDER BY f.division, f.bank")
LOCK = text(f"""
    {_FUNDS} WHERE (f.division, f.bank) IN (
        SELECT * FROM unnest(CAST(:divisions AS text[]), CAST(:banks AS text[])))
    ORDER BY f.division, f.bank FOR UPDATE OF f
""")
LENT = text("""
    UPDATE risk_fund SET lent = lent + :lent, covered = covered + :covered
    WHERE division = :division AND bank = :bank
""")

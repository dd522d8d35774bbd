"""Openings, closings and bridges: sums over the register's changes as they were known at a year's close."""

from sqlalchemy import text

# The moments at which the year before and the year itself were closed for the county of a division; a year that is
# still open is known as of now.
KNOWN = text("""
    SELECT coalesce((SELECT closed_at FROM year_close WHERE division = :county AND year = :year - 1), business_now()) AS opening,
           coalesce((SELECT closed_at FROM year_close WHERE division = :county AND year = :year), business_now()) AS closing
""")
# An opening is the end of 31 December of the year before.
BALANCES = text("""
    SELECT coalesce(sum(households) FILTER (WHERE effective_on < :first AND recorded_at <= :opening), 0) AS opening_households,
           coalesce(sum(persons) FILTER (WHERE effective_on < :first AND recorded_at <= :opening), 0) AS opening_persons,
           coalesce(sum(households), 0) AS closing_households, coalesce(sum(persons), 0) AS closing_persons
    FROM change
    WHERE division >= :low AND division < :high AND effective_on < :after AND recorded_at <= :closing
""")
# What lies between: changes of the year, and changes of earlier years that only became known after their close.
BRIDGE = text("""
    SELECT kind, reason, effective_on < :first AS late, count(*) AS changes,
           sum(households) AS households, sum(persons) AS persons
    FROM change
    WHERE division >= :low AND division < :high AND effective_on < :after AND recorded_at <= :closing
      AND (effective_on >= :first OR recorded_at > :opening)
    GROUP BY kind, reason, late HAVING sum(abs(households)) > 0 OR sum(abs(persons)) > 0
    ORDER BY late, kind, reason
""")
PARTS = text("""
    SELECT left(division, :width) AS division,
           coalesce(sum(households) FILTER (WHERE effective_on < :first AND recorded_at <= :opening), 0) AS opening_households,
           coalesce(sum(persons) FILTER (WHERE effective_on < :first AND recorded_at <= :opening), 0) AS opening_persons,
           sum(households) AS closing_households, sum(persons) AS closing_persons
    FROM change
    WHERE division >= :low AND division < :high AND effective_on < :after AND recorded_at <= :closing
    GROUP BY 1 ORDER BY 1
""")
CLOSE = text("""
    INSERT INTO year_close (division, year, closed_by) VALUES (:division, :year, :actor)
    ON CONFLICT DO NOTHING RETURNING closed_at
""")

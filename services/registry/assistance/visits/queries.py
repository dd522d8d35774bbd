"""Statements of diary, leave and attendance."""

from sqlalchemy import text

KNOWN_VISITS = text("SELECT * FROM visit WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
HOUSEHOLDS = text("SELECT id, division FROM household WHERE id = ANY(:ids)")
# Who may be named: the staff in sight, and whoever has something in charge in the villages concerned.
PEOPLE = text("""
    SELECT id, NULL AS division, name FROM staff WHERE id = ANY(:ids)
    UNION SELECT staff_id, division, name FROM responsibility WHERE division = ANY(:villages) AND staff_id = ANY(:ids)
""")
# Shared locks: an entry and the approval of a leave for the same day see each other.
LEAVES_OF = text("""
    SELECT id, staff_id, name, from_on, until_on, status FROM leave
    WHERE staff_id = ANY(:ids) AND status <> 'refused' AND from_on <= :last AND until_on >= :first
    FOR SHARE
""")
WRITE_VISIT = text("""
    INSERT INTO visit (id, division, kind, household_id, visited_on, people, names, found, done, photos, late,
        captured_at, recorded_by)
    VALUES (:id, :division, :kind, :household_id, :visited_on, :people, :names, :found, :done, :photos, :late,
        :captured_at, :actor)
""")
WRITE_PEOPLE = text("""
    INSERT INTO visit_person (visit_id, staff_id, division, visited_on)
    VALUES (:visit_id, :staff_id, :division, :visited_on)
""")
SUPERSEDE = text("UPDATE visit SET superseded_by = :by WHERE id = :id")
NO_LONGER_STANDS = text("UPDATE visit_person SET stands = false WHERE visit_id = ANY(:ids)")
VISITS = text("""
    SELECT * FROM visit
    WHERE division >= :low AND division < :high
      AND (division, visited_on, id) > (:division, CAST(CAST(:day AS text) AS date), CAST(:id AS uuid))
      AND (CAST(:household_id AS uuid) IS NULL OR household_id = :household_id)
      AND (CAST(:staff_id AS uuid) IS NULL OR people @> ARRAY[CAST(:staff_id AS uuid)])
    ORDER BY division, visited_on, id LIMIT :limit
""")
# The posts are locked, so that two requests for leave of one person are seen one after the other.
POSTS = text("""
    SELECT id, division, staff_id, name, started_on, ended_on FROM responsibility
    WHERE division = ANY(:villages) AND household_id IS NULL AND role = ANY(:roles) ORDER BY id FOR UPDATE
""")
KNOWN_LEAVES = text("SELECT * FROM leave WHERE id = ANY(:ids)")
ASK = text("""
    INSERT INTO leave (id, division, staff_id, name, from_on, until_on, reason, level, policies, recorded_by)
    VALUES (:id, :division, :staff_id, :name, :from_on, :until_on, :reason, :level, CAST(:policies AS jsonb), :actor)
""")
LOCK_LEAVES = text("""
    SELECT l.*, ARRAY(SELECT r.subject FROM responsibility r
        WHERE r.staff_id = l.staff_id AND r.subject IS NOT NULL) AS subjects
    FROM leave l WHERE l.id = ANY(:ids) ORDER BY l.id FOR UPDATE OF l
""")
DAYS_OF = text("""
    SELECT DISTINCT staff_id, visited_on FROM visit_person
    WHERE staff_id = ANY(:ids) AND stands AND visited_on BETWEEN :first AND :last
""")
DECIDE = text("""
    UPDATE leave SET status = :status, note = :note, decided_by = :actor, decided_on = :day, version = version + 1
    WHERE id = :id
""")
LEAVES = text("""
    SELECT * FROM leave
    WHERE division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))
      AND (CAST(:status AS text) IS NULL OR status = :status)
    ORDER BY division, id LIMIT :limit
""")
# A post counts from its first day to the day before its end, within the period and until today. What the policy asks
# of a whole period is asked of a part of it in proportion, rounded down.
ATTENDANCE = text("""
    SELECT id, division, staff_id, name, role, covered, on_duty, on_leave, required, on_duty < required AS below
    FROM (
        SELECT r.id, r.division, r.staff_id, r.name, r.role, span.covered, shown.on_duty, away.on_leave,
            CAST(:days AS integer) * span.covered / (CAST(:after AS date) - CAST(:first AS date)) AS required
        FROM responsibility r
        CROSS JOIN LATERAL (SELECT greatest(r.started_on, CAST(:first AS date)) AS since,
            least(r.ended_on, CAST(:after AS date), business_today() + 1) AS until) AS days
        CROSS JOIN LATERAL (SELECT days.until - days.since AS covered) AS span
        CROSS JOIN LATERAL (SELECT count(DISTINCT v.visited_on)::integer AS on_duty FROM visit_person v
            WHERE v.staff_id = r.staff_id AND v.stands AND v.division = r.division
              AND v.visited_on >= days.since AND v.visited_on < days.until) AS shown
        CROSS JOIN LATERAL (SELECT coalesce(sum(least(l.until_on + 1, days.until)
                - greatest(l.from_on, days.since)), 0)::integer AS on_leave FROM leave l
            WHERE l.staff_id = r.staff_id AND l.status = 'approved' AND l.division = r.division
              AND l.from_on < days.until AND l.until_on >= days.since) AS away
        WHERE r.division >= :low AND r.division < :high AND (r.division, r.id) > (:division, CAST(:id AS uuid))
          AND r.household_id IS NULL AND r.role = ANY(:roles) AND span.covered > 0
    ) AS counted
    WHERE NOT :below OR on_duty < required
    ORDER BY division, id LIMIT :limit
""")

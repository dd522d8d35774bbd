"""SQL of notices and objections."""

from sqlalchemy import text

KNOWN = text("SELECT id, kind, division FROM notice WHERE id = :id")
LOCK = text("SELECT id, division, photos FROM notice WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
PHOTOS = text("UPDATE notice SET photos = :photos, version = version + 1 WHERE id = :id")
LIST = text("""
    SELECT id, division, kind, title, title_en, starts_on, ends_on, place, version,
        CASE WHEN ends_on <= business_today() OR taken_down_on IS NOT NULL THEN 'ended' ELSE 'posted' END AS status FROM notice
    WHERE division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))
    ORDER BY division, id LIMIT :limit
""")
ONE = text("""
    SELECT n.*, CASE WHEN ends_on <= business_today() OR taken_down_on IS NOT NULL THEN 'ended' ELSE 'posted' END AS status,
        (SELECT count(*) FROM objection o WHERE o.notice_id = n.id AND o.upheld IS NULL) AS open_objections
    FROM notice n WHERE n.id = :id
""")
OBJECTIONS = text("""
    SELECT * FROM objection WHERE notice_id = :notice AND id > CAST(:id AS uuid) ORDER BY id LIMIT :limit
""")
OBJECTED_TO = text("SELECT id, division, case_ids, ends_on, posted_by FROM notice WHERE id = ANY(:ids)")
KNOWN_OBJECTIONS = text("SELECT id, notice_id, case_id, content FROM objection WHERE id = ANY(:ids)")
LOCK_OBJECTIONS = text("""
    SELECT id, notice_id, case_id, division, upheld, answer FROM objection WHERE id = ANY(:ids) ORDER BY id FOR UPDATE
""")
RAISE = text("""
    INSERT INTO objection (id, notice_id, case_id, division, content, objector, raised_on, due_on, recorded_by)
    VALUES (:id, :notice_id, :case_id, :division, :content, :objector, :day, :due_on, :actor)
""")
ANSWER = text("""
    UPDATE objection SET upheld = :upheld, answer = :answer, answered_by = :actor, answered_on = :day WHERE id = :id
""")
OPEN_OBJECTIONS = text("""
    SELECT case_id, count(*) AS open FROM objection WHERE case_id = ANY(:ids) AND upheld IS NULL GROUP BY case_id
""")

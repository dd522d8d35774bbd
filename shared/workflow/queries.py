"""SQL of cases and batches."""

from sqlalchemy import text

LOCK = text("SELECT * FROM case_file WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
READ = text("SELECT * FROM case_file WHERE id = ANY(:ids) ORDER BY id")
DONE = text("SELECT * FROM case_step WHERE case_id = ANY(:ids) AND NOT void ORDER BY position, recorded_at, id")
RETURNS = text("""
    SELECT case_id, record, done_on, recorded_by FROM case_step
    WHERE case_id = ANY(:ids) AND part = 'return' ORDER BY recorded_at, id
""")
SAVE = text("""
    UPDATE case_file SET status = :status, position = :position, step = :step, level = :level, since = :since,
        due_on = :due_on, notice_id = :notice_id, notice_from = :notice_from, notice_until = :notice_until,
        batch_id = :batch_id, not_before = :not_before, policies = CAST(:policies AS jsonb),
        reasons = CAST(:reasons AS jsonb), facts = CAST(:facts AS jsonb), decided_by = :decided_by,
        decided_on = :decided_on, version = :version, secret = CASE WHEN :status = 'open' THEN secret END
    WHERE id = :id
""")
VOID = text("UPDATE case_step SET void = true WHERE case_id = :id AND position >= :position")
DROP = text("UPDATE case_batch_member SET dropped = true WHERE case_id = :id AND batch_id = :batch_id")
RECORD = text("""
    INSERT INTO case_step (id, case_id, division, position, step, part, record, done_on, recorded_by, void)
    VALUES (:id, :case_id, :division, :position, :step, :part, CAST(:record AS jsonb), :on, :actor, :void)
""")
KNOWN = text("""
    SELECT id, procedure, subject_id, status FROM case_file
    WHERE id = ANY(:ids) OR (subject_id = ANY(:subjects) AND status = 'open')
""")
OPEN = text("""
    INSERT INTO case_file (id, division, procedure, outcome, subject_kind, subject_id, name, born, size, category,
        secret, facts, ground, steps, policies, status, position, step, level, since, due_on, intake_id, captured_at,
        opened_by, opened_on)
    VALUES (:id, :division, :procedure, :outcome, :subject_kind, :subject_id, :name, :born, :size, :category, :secret,
        CAST(:facts AS jsonb), :ground, CAST(:steps AS jsonb), CAST(:policies AS jsonb), 'open', 0, :step, :level, :day,
        :due_on, :intake_id, :captured_at, :actor, :day)
""")
FACTS = text("UPDATE case_file SET facts = CAST(:facts AS jsonb), version = version + 1 WHERE id = :id")
LIST = text("""
    SELECT id, due_on FROM case_file
    WHERE division >= :low AND division < :high
      AND (due_on, id) > (CAST(CAST(:day AS text) AS date), CAST(:id AS uuid))
      AND (CAST(:level AS text) IS NULL OR level = :level)
      AND (CAST(:procedure AS text) IS NULL OR procedure = :procedure)
      AND (CAST(:subject AS uuid) IS NULL OR subject_id = :subject)
      AND (:closed OR step IS NOT NULL)
    ORDER BY due_on, id LIMIT :limit
""")
NEXT = text("""
    SELECT * FROM case_file WHERE procedure = ANY(:procedures) AND (CAST(:after AS uuid) IS NULL OR id > :after)
    ORDER BY id LIMIT :limit FOR UPDATE
""")
NOTICE_OVER = text("""
    SELECT id FROM case_file WHERE notice_until IS NOT NULL AND notice_until <= business_today()
      AND NOT EXISTS (SELECT FROM objection o WHERE o.case_id = case_file.id AND o.upheld IS NULL)
    ORDER BY notice_until, id LIMIT 500
""")
BATCHES = text("SELECT id, division, step, percent, seed, drawn_on FROM case_batch WHERE id = ANY(:ids)")
MEMBERS = text("""
    SELECT batch_id, case_id, checked_on, confirmed, finding, dropped FROM case_batch_member
    WHERE batch_id = ANY(:ids) ORDER BY batch_id, case_id
""")
DRAW = text("""
    INSERT INTO case_batch (id, division, step, percent, drawn_on, drawn_by)
    VALUES (:id, :division, :step, :percent, :day, :actor)
""")
# The same list again is there already.
TAKE_IN = text("""
    INSERT INTO case_batch (id, division, step, percent, drawn_on, drawn_by)
    VALUES (:id, :division, :step, :percent, :day, :actor) ON CONFLICT (id) DO NOTHING
""")
MEMBER = text("INSERT INTO case_batch_member (batch_id, case_id, division) VALUES (:batch_id, :case_id, :division)")
CHECK = text("""
    UPDATE case_batch_member SET checked_on = :on, checked_by = :actor, confirmed = :confirmed, finding = :finding
    WHERE batch_id = :batch_id AND case_id = :id
""")
# What is open about a case goes along with it; closed cases stay where they were decided.
FOLLOW = text("""
    WITH moved AS (
        UPDATE case_file c SET division = goes.to_code
        FROM unnest(CAST(:ids AS uuid[]), CAST(:to AS text[])) AS goes(id, to_code)
        WHERE c.subject_id = goes.id AND c.status = 'open' AND c.division <> goes.to_code
        RETURNING c.id, c.division
    ), steps AS (
        UPDATE case_step s SET division = moved.division FROM moved WHERE s.case_id = moved.id
    ), members AS (
        UPDATE case_batch_member m SET division = moved.division FROM moved WHERE m.case_id = moved.id
    ), said AS (
        UPDATE objection o SET division = moved.division FROM moved WHERE o.case_id = moved.id
    ), hanging AS (
        UPDATE notice n SET division = moved.division FROM moved
        WHERE moved.id = ANY(n.case_ids) AND n.ends_on > business_today() AND cardinality(n.case_ids) = 1
    )
    SELECT id FROM moved
""")
SUBJECTS_IN = text("SELECT subject_id FROM case_file WHERE division = :code AND status = 'open' ORDER BY id")
NOTICES_FOLLOW = text("""
    UPDATE notice SET division = :to WHERE division = :code AND ends_on > business_today()
""")

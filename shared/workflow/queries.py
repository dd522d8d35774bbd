"""SQL of cases and batches."""

from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import text

from shared.policy import Reference
from shared.workflow.case import Reason, Status


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as the database keeps it."""

    id: UUID
    division: str
    procedure: str
    outcome: str
    subject_kind: str
    subject_id: UUID
    name: str
    born: date | None
    size: int | None
    category: str
    secret: str | None
    facts: dict[str, JsonValue]
    ground: str
    steps: JsonValue
    policies: list[Reference]
    status: Status
    position: int
    step: str | None
    since: date
    due_on: date
    notice_id: UUID | None
    notice_from: date | None
    notice_until: date | None
    batch_id: UUID | None
    not_before: date | None
    reasons: list[Reason]
    opened_by: str
    opened_on: date
    office: str
    office_roles: list[str]
    decided_by: str | None
    decided_on: date | None
    version: int


_CASE = ", ".join(field.name for field in fields(CaseRow))
LOCK = text(f"SELECT {_CASE} FROM case_file WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
READ = text(f"SELECT {_CASE} FROM case_file WHERE id = ANY(:ids) ORDER BY id")
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
        decided_on = :decided_on, next_step = :next_step, next_level = :next_level, next_due_on = :next_due_on, version = :version, secret = CASE WHEN :status = 'open' THEN secret END
    WHERE id = :id
""")
VOID = text("UPDATE case_step SET void = true WHERE case_id = :id AND position >= :position")
DROP = text("UPDATE case_batch_member SET dropped = true WHERE case_id = :id AND batch_id = :batch_id")
RECORD = text("""
    INSERT INTO case_step (id, case_id, division, position, step, part, record, done_on, recorded_by, void)
    VALUES (:id, :case_id, :division, :position, :step, :part, CAST(:record AS jsonb), :on, :actor, :void)
""")
KNOWN = text("""
    SELECT id, procedure, subject_id, status, asked FROM case_file
    WHERE id = ANY(:ids) OR (subject_id = ANY(:subjects) AND status = 'open')
""")
OPEN = text("""
    INSERT INTO case_file (id, division, procedure, outcome, subject_kind, subject_id, name, born, size, category,
        secret, facts, ground, steps, policies, status, position, step, level, since, due_on, captured_at, asked,
        opened_by, opened_on, office, office_roles)
    VALUES (:id, :division, :procedure, :outcome, :subject_kind, :subject_id, :name, :born, :size, :category, :secret,
        CAST(:facts AS jsonb), :ground, CAST(:steps AS jsonb), CAST(:policies AS jsonb), 'open', 0, :step, :level, :day,
        :due_on, :captured_at, :asked, :actor, :day, :office, :office_roles)
""")
FACTS = text("UPDATE case_file SET facts = CAST(:facts AS jsonb), version = version + 1 WHERE id = :id")
LIST = text("""
    SELECT id, due_on FROM case_now
    WHERE division >= :low AND division < :high
      AND (due_on, id) > (CAST(CAST(:day AS text) AS date), CAST(:id AS uuid))
      AND (CAST(:level AS text) IS NULL OR level = :level)
      AND (CAST(:procedure AS text) IS NULL OR procedure = :procedure)
      AND (CAST(:subject AS uuid) IS NULL OR subject_id = :subject)
      AND (:closed OR step IS NOT NULL)
    ORDER BY due_on, id LIMIT :limit
""")
NEXT = text(f"""
    SELECT {_CASE} FROM case_file WHERE procedure = ANY(:procedures) AND (CAST(:after AS uuid) IS NULL OR id > :after)
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
    VALUES (:id, :division, :step, :percent, :day, :actor) ON CONFLICT (id) DO NOTHING RETURNING id
""")
MEMBER = text("INSERT INTO case_batch_member (batch_id, case_id, division) VALUES (:batch_id, :case_id, :division)")
CHECK = text("""
    UPDATE case_batch_member SET checked_on = :on, checked_by = :actor, confirmed = :confirmed, finding = :finding
    WHERE batch_id = :batch_id AND case_id = :id
""")
# A case that leaves the division of the office that drew its batch leaves the batch.
FOLLOW = text("""
    WITH moved AS (
        UPDATE case_file c SET division = goes.to_code, version = version + 1, batch_id = (SELECT b.id
            FROM case_batch b WHERE b.id = c.batch_id AND starts_with(goes.to_code, b.division))
        FROM unnest(CAST(:subjects AS uuid[]), CAST(:to AS text[])) AS goes(id, to_code)
        WHERE c.subject_id = goes.id AND c.status = 'open' AND c.division <> goes.to_code
        RETURNING new.id, old.division AS before, new.division AS after, old.batch_id AS was_in, new.batch_id AS is_in
    ), steps AS (
        UPDATE case_step s SET division = moved.after FROM moved WHERE s.case_id = moved.id
    ), members AS (
        UPDATE case_batch_member m SET division = moved.after,
            dropped = m.dropped OR (m.batch_id = moved.was_in AND moved.is_in IS NULL)
        FROM moved WHERE m.case_id = moved.id
    ), said AS (
        UPDATE objection o SET division = moved.after FROM moved WHERE o.case_id = moved.id
    )
    SELECT id, before, after FROM moved ORDER BY id
""")
# A notice goes where all its open cases are; as long as they lie in several villages it stays where it hangs.
NOTICES_FOLLOW_CASES = text("""
    UPDATE notice n SET division = gone.division FROM (
        SELECT on_it.notice_id, min(c.division) AS division
        FROM (SELECT id AS notice_id, unnest(case_ids) AS case_id FROM notice
            WHERE id IN (SELECT notice_id FROM case_file WHERE id = ANY(:ids))) AS on_it
        JOIN case_file c ON c.id = on_it.case_id AND c.status = 'open'
        GROUP BY on_it.notice_id HAVING min(c.division) = max(c.division)) AS gone
    WHERE n.id = gone.notice_id AND n.division <> gone.division
""")
OPEN_OF = text("""
    SELECT id, procedure, subject_id FROM case_file WHERE subject_id = ANY(:subjects) AND status = 'open' ORDER BY id
""")
SUBJECTS_FOLLOW = text("""
    UPDATE case_file c SET name = now.name, born = now.born, size = now.size, version = version + 1
    FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[]), CAST(:born AS date[]), CAST(:sizes AS integer[]))
        AS now(id, name, born, size)
    WHERE c.subject_id = now.id AND c.status = 'open' AND (c.name, c.born, c.size) IS DISTINCT FROM (now.name, now.born, now.size)
    RETURNING c.id, c.division, c.size
""")
LAPSED_BY = text("""
    SELECT c.id, c.procedure, c.subject_id, EXISTS (SELECT FROM case_file since
        WHERE since.subject_id = c.subject_id AND since.id <> c.id
          AND (since.status = 'open' OR since.opened_on >= c.decided_on AND since.status <> 'lapsed')) AS another
    FROM case_file c WHERE c.subject_id = ANY(:subjects) AND c.status = 'lapsed' AND EXISTS (
        SELECT FROM jsonb_array_elements(c.reasons) AS why(reason) WHERE why.reason ->> 'because' = ANY(:causes))
    ORDER BY c.id
""")
# A notice comes down where none of its cases is open or approved any more.
TAKE_DOWN = text("""
    UPDATE notice n SET taken_down_on = business_today(), version = version + 1
    WHERE n.id = ANY(:ids) AND n.taken_down_on IS NULL AND n.ends_on > business_today()
        AND NOT EXISTS (SELECT FROM case_file c WHERE c.id = ANY(n.case_ids) AND c.notice_id = n.id
            AND c.status IN ('open', 'approved'))
""")
SUBJECTS_OF = text("SELECT id, subject_id FROM case_file WHERE id = ANY(:ids) AND status = 'open' ORDER BY id")
SUBJECTS_IN = text("""
    SELECT subject_id, division FROM case_file WHERE division = ANY(:codes) AND status = 'open' ORDER BY id
""")
BATCHES_FOLLOW = text("""
    UPDATE case_batch b SET division = goes.to_code
    FROM unnest(CAST(:from AS text[]), CAST(:to AS text[])) AS goes(from_code, to_code)
    WHERE b.division = goes.from_code
""")
OFFICES_FOLLOW = text("""
    UPDATE case_file c SET office = goes.to_code
    FROM unnest(CAST(:from AS text[]), CAST(:to AS text[])) AS goes(from_code, to_code)
    WHERE c.office = goes.from_code AND c.status = 'open'
""")
NOTICES_FOLLOW = text("""
    WITH moved AS (
        UPDATE notice n SET division = goes.to_code
        FROM unnest(CAST(:from AS text[]), CAST(:to AS text[])) AS goes(from_code, to_code)
        WHERE n.division = goes.from_code AND (n.ends_on > business_today()
            OR EXISTS (SELECT FROM case_file c WHERE c.id = ANY(n.case_ids) AND c.status = 'open')
            OR EXISTS (SELECT FROM objection o WHERE o.notice_id = n.id AND o.upheld IS NULL))
        RETURNING n.id, n.division
    )
    UPDATE objection o SET division = moved.division FROM moved WHERE o.notice_id = moved.id AND o.upheld IS NULL
""")
# Whether the caller had a part in a case (f), by a record of their own or as one of those who went along.
_HANDLED = """(person_key(f.opened_by) = :me OR EXISTS (SELECT FROM case_step s
            WHERE s.case_id = f.id AND NOT s.void AND (person_key(s.recorded_by) = :me
                OR EXISTS (SELECT FROM jsonb_array_elements_text(coalesce(s.record -> 'visitors', '[]')) AS one(person)
                    WHERE person_key(one.person) = :me))))"""
DUE = text(f"""
    SELECT f.id, f.procedure, f.subject_kind, f.subject_id, f.division, f.level, f.due_on, step.now
    FROM case_now f CROSS JOIN LATERAL (SELECT f.steps #> ARRAY['steps', CAST(f.position AS text)] AS now) AS step
    WHERE f.division >= :low AND f.division < :high AND (f.due_on, f.id) > (:due_on, :id)
        AND f.step IS NOT NULL AND f.notice_until IS NULL
        AND (CAST(:level AS text) IS NULL OR f.level = :level)
        AND NOT EXISTS (SELECT FROM objection o WHERE o.case_id = f.id AND o.upheld IS NULL)
        AND (NOT :mine OR (f.level = ANY(:levels) AND jsonb_exists_any(step.now -> 'roles', :roles)
            AND (step.now ->> 'kind' NOT IN ('review', 'decision', 'payment') OR NOT {_HANDLED})
            AND (step.now ->> 'kind' <> 'signatures' OR EXISTS (
                SELECT FROM jsonb_array_elements(step.now -> 'posts') AS slot(who)
                WHERE (f.division || ' ' || (who ->> 'post') = ANY(:posts)
                        OR (f.division || ' ' || (who ->> 'otherwise') = ANY(:posts)
                            AND f.division || ' ' || (who ->> 'post') <> ALL(:filled)))
                    AND NOT EXISTS (SELECT FROM case_step s
                        WHERE s.case_id = f.id AND NOT s.void AND s.position = f.position
                            AND (s.part = who ->> 'post' OR person_key(s.recorded_by) = :me))))))
    ORDER BY f.due_on, f.id LIMIT :limit
""")
UNANSWERED = text(f"""
    SELECT o.id, o.notice_id, o.division, o.due_on, n.title
    FROM objection o JOIN notice n ON n.id = o.notice_id
    WHERE o.division >= :low AND o.division < :high AND (o.due_on, o.id) > (:due_on, :id) AND o.upheld IS NULL
        AND (o.case_id IS NULL OR EXISTS (SELECT FROM case_file f WHERE f.id = o.case_id AND f.status = 'open'))
        AND (NOT :mine OR CASE WHEN o.case_id IS NULL THEN person_key(n.posted_by) <> :me
            ELSE NOT EXISTS (SELECT FROM case_file f WHERE f.id = o.case_id AND {_HANDLED}) END)
    ORDER BY o.due_on, o.id LIMIT :limit
""")

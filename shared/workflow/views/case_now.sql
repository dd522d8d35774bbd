-- Cases as they stand today: one whose notice has run out, with nothing said against it, is at its next step, whether or
-- not the timer has come to it. Two parts, so that the first is read in the order of an index; the second is short.
CREATE OR REPLACE VIEW case_now WITH (security_invoker = true) AS
    SELECT id, division, procedure, subject_kind, subject_id, name, size, facts, steps, policies, status, position, step,
        level, since, due_on, notice_from, notice_until, reasons, opened_by, decided_on, version
    FROM case_file c
    WHERE notice_until IS NULL OR notice_until > business_today()
        OR EXISTS (SELECT FROM objection o WHERE o.case_id = c.id AND o.upheld IS NULL)
    UNION ALL
    SELECT id, division, procedure, subject_kind, subject_id, name, size, facts, steps, policies, status, position + 1,
        next_step, next_level, notice_until, next_due_on, NULL, NULL, reasons, opened_by, decided_on, version
    FROM case_file c
    WHERE notice_until <= business_today()
        AND NOT EXISTS (SELECT FROM objection o WHERE o.case_id = c.id AND o.upheld IS NULL);

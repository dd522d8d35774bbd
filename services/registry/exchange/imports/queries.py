"""SQL of imports as they are asked for."""

from sqlalchemy import text

GET = text("""
    SELECT i.id, j.status, j.state ->> 'phase' AS phase, i.mode, i.kind, i.preview, i.layout, i.unknown, i.not_kept, j.done, j.total,
        i.created, i.unchanged, i.corrected, i.rejected, i.persons, i.marked IS NOT NULL AS marked, j.problem, i.recorded_at, i.recorded_by
    FROM import i JOIN job j ON j.id = i.job_id WHERE i.id = :id
""")
FOR_LOADING = text("""
    SELECT i.id, i.division, i.mode, i.preview, i.rejected, i.job_id, i.forgotten_at, j.status
    FROM import i JOIN job j ON j.id = i.job_id WHERE i.id = :id FOR UPDATE OF i
""")
LOAD = text("UPDATE import SET job_id = :job WHERE id = :id")
MARKED = text("SELECT id, division, kind, marked, recorded_by FROM import WHERE id = :id")
ERRORS = text("""
    SELECT line, field, rule, zh, en FROM import_error
    WHERE import_id = :id AND (line, field, rule) > (:line, :field, :rule) ORDER BY line, field, rule LIMIT :limit
""")

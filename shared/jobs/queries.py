"""SQL of jobs as they are looked at."""

from sqlalchemy import text

ONE = text("""
    SELECT id, kind, status, done, total, result, problem, due_at, created_at, finished_at FROM job WHERE id = :id
""")

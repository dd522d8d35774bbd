"""County archives."""

from pathlib import Path

from alembic import op

from shared.database.migrate import append_only, run_sql, secure

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    secure(op, "registry", "archive", rights="SELECT, INSERT, UPDATE (root, entries, bytes, completed_at)")
    secure(op, "registry", "archive_entry", rights="SELECT, INSERT")
    append_only(op, "archive_entry")

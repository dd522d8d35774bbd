"""Photos and scanned papers."""

from pathlib import Path

from alembic import op

from shared.database.migrate import append_only, run_sql, secure

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    secure(op, "registry", "attachment", rights="SELECT, INSERT")
    append_only(op, "attachment")

"""Workbooks come and go: previews, marked files, exports with their releases."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql, secure

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    secure(op, "registry", "import_outcome", rights="SELECT, INSERT, UPDATE, DELETE")

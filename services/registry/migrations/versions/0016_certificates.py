"""Household certificates."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql, secure

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    secure(op, "registry", "certificate", rights="SELECT, INSERT, UPDATE (superseded_at)")
    secure(op, "registry", "certificate_serial")

"""Exports of the register, and who asked for, released and fetched them."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql, secure

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    secure(op, "registry", "export")

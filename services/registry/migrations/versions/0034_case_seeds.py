"""Spot checks are drawn by chance, not by ids that clients choose."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())

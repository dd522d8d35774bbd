"""Household tables complete what is registered: an import counts what it corrected."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())

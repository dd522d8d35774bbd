"""Registering reads its list of households and of members once each."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())

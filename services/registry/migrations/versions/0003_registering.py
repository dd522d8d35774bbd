"""The functions that register households and apply changes to them."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())

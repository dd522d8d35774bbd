"""Somebody of another county is refused among the staff one by one, and nothing is told of him."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())

"""Functions of the hot requests: read one household, find persons, register one."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())

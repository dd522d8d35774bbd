"""The planner's statistics of the register, renewed after a load."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())

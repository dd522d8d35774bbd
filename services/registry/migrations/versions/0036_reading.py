"""Reading a household puts its JSON together as text."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())

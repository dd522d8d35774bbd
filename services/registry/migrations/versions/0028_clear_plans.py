"""The seven clear and the audits read plans, measures and participations."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())

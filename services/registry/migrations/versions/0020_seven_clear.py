"""What the seven clear read of plans, measures and projects."""

from pathlib import Path

from alembic import op

from shared.database.migrate import grant, run_sql

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    for view in ("household_measure", "household_project", "household_exit_year"):
        grant(op, "registry", view, rights="SELECT")

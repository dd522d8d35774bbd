"""Natural villages, their stated totals, and who lives in them."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql, secure

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    for table in ("natural_village", "natural_village_total"):
        secure(op, "registry", table)
    # Who is put into another place on the day of the last one was never in that.
    secure(op, "registry", "household_place", rights="SELECT, INSERT, UPDATE, DELETE")

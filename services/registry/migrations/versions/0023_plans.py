"""One plan, one set of measures and one countdown a household, and the ledger of what was done for it."""

from pathlib import Path

from alembic import op

from shared.database.migrate import append_only, run_sql, secure

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    for table in ("plan", "measure", "milestone"):
        secure(op, "registry", table)
    for table in ("milestone_shift", "benefit"):
        secure(op, "registry", table, rights="SELECT, INSERT")
        append_only(op, table)

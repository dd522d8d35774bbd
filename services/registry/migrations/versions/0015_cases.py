"""Public notices with objections, and the cases in which households are identified, cleared out or taken back."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql, secure

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    for table in ("notice", "objection", "case_file", "case_step", "case_list", "case_list_member"):
        secure(op, "registry", table)

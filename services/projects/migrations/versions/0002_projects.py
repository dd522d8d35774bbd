"""Projects, their outputs, deliveries, participations and payments."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql, secure

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    for table in ("household", "project"):
        secure(op, "projects", table)
    for table in ("output", "delivery", "participation", "payment"):
        secure(op, "projects", table, rights="SELECT, INSERT")

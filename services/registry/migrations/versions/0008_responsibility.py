"""Who is responsible: organisations, their people, and what they have in charge."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql, secure

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    for table in ("organisation", "staff", "responsibility"):
        secure(op, "registry", table)

"""What the responsible do: visits and diary, leave, the responsibility list."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql, secure

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    for table in ("visit", "visit_person", "leave", "duty"):
        secure(op, "registry", table)

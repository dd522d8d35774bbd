"""Every item of the national field table, in two times, for households and for members."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql, secure

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    secure(op, "registry", "identity_past", rights="SELECT, INSERT")
    secure(op, "registry", "local_code")

"""Papers that a record cites, so that those which never arrived can be listed."""

from pathlib import Path

from alembic import op

from shared.database.migrate import append_only, run_sql, secure

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    secure(op, "registry", "citation", rights="SELECT, INSERT")
    append_only(op, "citation")

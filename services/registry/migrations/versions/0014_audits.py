"""Audit runs and what they found."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql, secure

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    secure(op, "registry", "audit_run")
    for table in ("audit_finding", "audit_count"):
        secure(op, "registry", table, rights="SELECT, INSERT")
    op.execute("GRANT EXECUTE ON FUNCTION unchecked_twins(text, text) TO registry_api, registry_worker")

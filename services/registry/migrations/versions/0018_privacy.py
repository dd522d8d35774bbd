"""Who saw whom, consents, requests to correct, erasures."""

from pathlib import Path

from alembic import op

from shared.database.migrate import append_only, run_sql, secure

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    for table in ("viewing", "erasure"):
        secure(op, "registry", table, rights="SELECT, INSERT")
        append_only(op, table)
    for table in ("consent", "correction_request"):
        secure(op, "registry", table)

"""The ledger: accounts, lots, entries, postings, balances."""

from pathlib import Path

from alembic import op

from shared.database.migrate import append_only, run_sql, secure

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    for table in ("account", "lot", "entry", "posting"):
        secure(op, "funding", table, rights="SELECT, INSERT")
        append_only(op, table)
    secure(op, "funding", "balance")

"""Frozen year statistics, their seals, and closes that every part of a county sees."""

from pathlib import Path

from alembic import op

from shared.database.migrate import append_only, run_sql, secure

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    for table in ("year_statistic", "year_seal"):
        secure(op, "registry", table, rights="SELECT, INSERT")
    for table in ("year_close", "year_statistic", "year_seal"):
        append_only(op, table)
    # Towns and villages count with their county's closes.
    for table in ("year_close", "year_seal"):
        op.execute(
            f"CREATE POLICY seen_from_below ON {table} FOR SELECT TO registry_api"
            " USING (starts_with(current_setting('app.division', true), division))"
        )

"""Look-back rounds."""

from pathlib import Path

from alembic import op

from shared.database.migrate import append_only, run_sql, secure

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    for table in ("lookback_round", "lookback_result"):
        secure(op, "registry", table)
    for table in ("lookback_household", "lookback_signature", "lookback_effect"):
        secure(op, "registry", table, rights="SELECT, INSERT")
        append_only(op, table)
    # A round is opened for a county and worked in its towns and villages.
    op.execute(
        "CREATE POLICY seen_from_below ON lookback_round FOR SELECT TO registry_api"
        " USING (starts_with(current_setting('app.division', true), division))"
    )

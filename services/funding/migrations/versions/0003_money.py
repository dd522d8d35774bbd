"""Households as told, inflows, rewards, risk fund, loans, project requests."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql, secure

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    for table in ("household", "inflow", "reward", "risk_fund", "contribution", "loan", "project_request"):
        secure(op, "funding", table)

"""Households as told, incomes, exit cases, objections."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql, secure

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    secure(op, "evaluation", "income", rights="SELECT, INSERT")
    for table in ("household", "exit_case", "objection"):
        secure(op, "evaluation", table)

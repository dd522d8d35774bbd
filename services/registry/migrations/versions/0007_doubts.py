"""Doubts, what was done about them, and rules that were switched off."""

from pathlib import Path

from alembic import op

from shared.database.migrate import append_only, grant, run_sql, secure

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    secure(op, "registry", "doubt")
    secure(op, "registry", "doubt_step", rights="SELECT, INSERT")
    grant(op, "registry", "rule_switch", rights="SELECT, INSERT")
    append_only(op, "doubt_step")
    append_only(op, "rule_switch")

"""Divisions that are renamed, merged, split."""

from pathlib import Path

from alembic import op

from shared.database.migrate import append_only, grant, run_sql, secure

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    grant(op, "registry", "division_lineage", rights="SELECT, INSERT")
    append_only(op, "division_lineage")
    secure(op, "registry", "redivision")
    secure(op, "registry", "redivision_household")

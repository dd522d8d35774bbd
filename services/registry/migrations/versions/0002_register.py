"""The register: divisions, households, persons, memberships, changes."""

from pathlib import Path

from alembic import op

from shared.database.migrate import append_only, grant, run_sql, secure

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    grant(op, "registry", "division")
    for table in ("household", "person", "membership", "household_state"):
        secure(op, "registry", table)
    for table in ("change", "year_close"):
        secure(op, "registry", table, rights="SELECT, INSERT")
    append_only(op, "change")

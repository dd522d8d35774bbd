"""Files that are being imported."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql, secure

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    secure(op, "registry", "import")
    for table in ("import_chunk", "import_error", "import_seen"):
        secure(op, "registry", table, rights="SELECT, INSERT, DELETE")

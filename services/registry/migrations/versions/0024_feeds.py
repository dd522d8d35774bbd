"""Records of other departments, the files that bring them, and the runs that compare them with the register."""

from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql, secure

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    for table in ("feed_file", "feed_record", "screening"):
        secure(op, "registry", table)
    for table in ("feed_chunk", "feed_error"):
        secure(op, "registry", table, rights="SELECT, INSERT, DELETE")
